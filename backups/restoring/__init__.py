"""The way back: asked for and agreed to, restored beside the present database, compared, put in force or given up."""
