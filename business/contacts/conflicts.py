"""Two people changed one contact: what each made of it, field by field."""

from business.contacts.forms import ContactForm
from business.contacts.models import Contact
from interface.differing import Difference, differing


def differences(form: ContactForm, saved: Contact) -> list[Difference]:
    """The fields that the form has, which are those its person may see, in which both versions differ."""
    names = [name for name in ContactForm.Meta.fields if name in form.fields]
    pairs = [(name, _shown(saved, name), _shown(form.instance, name)) for name in names]
    return [differing(_label(name), theirs, ours) for name, theirs, ours in pairs if theirs != ours]


def typed_over(form: ContactForm, saved: Contact) -> ContactForm:
    """The same form with all that was typed, ready to be saved over the newer version."""
    typed = {name: form.data[name] for name in form.data}
    return ContactForm({**typed, "version": saved.version}, instance=saved, person=form.person)


def _shown(contact: Contact, name: str) -> str:
    in_words = getattr(contact, f"get_{name}_display", None)
    return str((in_words() if in_words else getattr(contact, name)) or "")


def _label(name: str) -> str:
    return str(ContactForm.base_fields[name].label)
