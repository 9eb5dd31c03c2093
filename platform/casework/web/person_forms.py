"""The form of a person's details: one field for each detail, address and identifiers in their parts."""

from collections.abc import Mapping
from typing import Any

from django import forms

from casework.people.models import Person
from casework.web.dates import DateField

SEXES = (("F", "Female"), ("M", "Male"), ("U", "Not known"))
ADDRESS = ("line1", "line2", "town", "county", "postcode")
IDENTIFIERS = ("nhs_number", "upn")
PLAIN = (
    *("given_names", "family_name", "known_as", "born_on", "due_on", "died_on", "sex"),
    *("phone", "email"),
)
LABELS = {
    "given_names": "Given names",
    "family_name": "Family name",
    "known_as": "Known as",
    "born_on": "Date of birth",
    "due_on": "Expected date of birth",
    "died_on": "Date of death",
    "sex": "Sex",
    "phone": "Phone",
    "email": "Email",
    "identifiers_nhs_number": "NHS number",
    "identifiers_upn": "Unique pupil number",
    "user_name": "User name, if this person has a log-in here",
    "address_line1": "Address line 1",
    "address_line2": "Address line 2",
    "address_town": "Town or city",
    "address_county": "County",
    "address_postcode": "Postcode",
    "address_protected": "The address is protected: it is not shown or printed without a reason",
}


class PersonForm(forms.Form):
    """What is known of a person."""

    given_names = forms.CharField(label=LABELS["given_names"], required=False, max_length=120)
    family_name = forms.CharField(label=LABELS["family_name"], required=False, max_length=120)
    known_as = forms.CharField(
        label=LABELS["known_as"],
        required=False,
        max_length=120,
        help_text="If it is another than the given names.",
    )
    born_on = DateField(
        label=LABELS["born_on"], required=False, help_text="For example, 31 3 2016."
    )
    due_on = DateField(
        label=LABELS["due_on"], required=False, help_text="Of somebody who is not born yet."
    )
    died_on = DateField(label=LABELS["died_on"], required=False)
    sex = forms.ChoiceField(
        label=LABELS["sex"], choices=SEXES, required=False, widget=forms.RadioSelect
    )
    identifiers_nhs_number = forms.CharField(
        label=LABELS["identifiers_nhs_number"],
        required=False,
        max_length=20,
        help_text="10 digits.",
        widget=forms.TextInput({"inputmode": "numeric"}),
    )
    identifiers_upn = forms.CharField(
        label=LABELS["identifiers_upn"], required=False, max_length=20, help_text="13 characters."
    )
    phone = forms.CharField(
        label=LABELS["phone"],
        required=False,
        max_length=40,
        widget=forms.TextInput({"inputmode": "tel"}),
    )
    email = forms.CharField(
        label=LABELS["email"],
        required=False,
        max_length=254,
        widget=forms.TextInput({"inputmode": "email"}),
    )
    address_line1 = forms.CharField(label=LABELS["address_line1"], required=False, max_length=200)
    address_line2 = forms.CharField(label=LABELS["address_line2"], required=False, max_length=200)
    address_town = forms.CharField(label=LABELS["address_town"], required=False, max_length=100)
    address_county = forms.CharField(label=LABELS["address_county"], required=False, max_length=100)
    address_postcode = forms.CharField(
        label=LABELS["address_postcode"], required=False, max_length=10
    )
    address_protected = forms.BooleanField(label=LABELS["address_protected"], required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            # The page says that all are optional.
            field.quiet = True  # type: ignore[attr-defined]

    def clean_identifiers_nhs_number(self) -> str:
        """Without the spaces that people type between the groups."""
        return "".join(str(self.cleaned_data["identifiers_nhs_number"]).split())

    def clean_identifiers_upn(self) -> str:
        """In capitals, without spaces."""
        return "".join(str(self.cleaned_data["identifiers_upn"]).split()).upper()

    def clean_address_postcode(self) -> str:
        """In capitals, with one space before the last three characters."""
        plain = "".join(str(self.cleaned_data["address_postcode"]).split()).upper()
        return f"{plain[:-3]} {plain[-3:]}" if len(plain) > 4 else plain


class PersonEditForm(PersonForm):
    """What is known of a person, the user who they are, and why it is changed.

    A protected address only when it is shown.
    """

    user_name = forms.CharField(
        label=LABELS["user_name"],
        required=False,
        max_length=150,
        help_text="They will not see this file.",
        widget=forms.TextInput({"autocapitalize": "none", "autocomplete": "off"}),
    )
    why = forms.CharField(
        label="Reason for the change",
        max_length=500,
        error_messages={"required": "Enter the reason"},
    )

    def __init__(self, *args: Any, with_address: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_address:
            for name in [name for name in self.fields if name.startswith("address_")]:
                del self.fields[name]


def details_of(cleaned: Mapping[str, Any], person: Person | None = None) -> dict[str, Any]:
    """The form's values as casework.people.actions takes them; without an address if it had none.

    Identifiers of kinds that the form does not ask for stay as they are on the person.
    """
    known = dict(person.identifiers) if person else {}
    typed = {name: cleaned[f"identifiers_{name}"] for name in IDENTIFIERS}
    details: dict[str, Any] = {name: cleaned[name] for name in PLAIN}
    if "user_name" in cleaned:
        details["user_name"] = cleaned["user_name"]
    details["identifiers"] = {name: value for name, value in {**known, **typed}.items() if value}
    if "address_protected" in cleaned:
        address = {
            part: cleaned[f"address_{part}"] for part in ADDRESS if cleaned[f"address_{part}"]
        }
        details["address"] = address | ({"protected": True} if cleaned["address_protected"] else {})
    return details


def values_of(person: Person) -> dict[str, Any]:
    """A person's details as the form's values: what `details_of` makes details of."""
    return {
        **{name: getattr(person, name) for name in PLAIN},
        **{f"identifiers_{name}": person.identifiers.get(name, "") for name in IDENTIFIERS},
        **{f"address_{part}": person.address.get(part, "") for part in ADDRESS},
        "address_protected": bool(person.address.get("protected")),
        "user_name": person.user.get_username() if person.user else "",
    }
