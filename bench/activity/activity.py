"""Every value is kept, as the other libraries do: nothing of it is about a person."""

from audit.declaring import logged

logged("measured_supplier", plain=("name",))
logged("measured_order", plain=("number", "title", "note", "reference", "city", "extra"))
