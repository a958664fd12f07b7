from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "business.contacts"
    label = "contacts"
