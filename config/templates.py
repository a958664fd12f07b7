"""Where pages' templates lie, and what each of them may use without loading it."""

from config.environment import BASE_DIR

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "console.alarms.alarms",
                "accounts.passwords.expiring.password_notice",
                "interface.context.shell",
                "accounts.support.context.looked_after",
            ],
            "builtins": [
                "django.templatetags.static",
                "django.templatetags.i18n",
                "activity.templatetags.histories",
                "audit.templatetags.request_ids",
                "interface.templatetags.icons",
                "interface.templatetags.words",
                "interface.templatetags.overlays",
                "interface.templatetags.components",
                "interface.templatetags.charts",
                "interface.templatetags.permitted",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
        },
    }
]
