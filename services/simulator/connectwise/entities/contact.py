"""Contacts, their communications, types and notes: the tables of fields."""

from services.simulator.connectwise.business.company_types import AssociationRules
from services.simulator.connectwise.business.contact import CommunicationRules, ContactRules
from services.simulator.connectwise.fields import (
    ALL_STAMPS,
    Entity,
    Field,
    Kind,
    Mount,
    Record,
    Shown,
    flag,
    key,
    moment,
    number,
    one_of,
    ref,
    shown,
    text,
)

CONTACT_POD = (2, "contact_overview")
_KINDS = ("Email", "Fax", "Phone")


def full_name(record: Record) -> str:
    """A contact's name as references show it."""
    return f"{record.get('firstName') or ''} {record.get('lastName') or ''}".strip()


CONTACT = Entity(
    key="contact",
    noun="Contact",
    mounts=(Mount("company/contacts"),),
    reference=(Shown("name", Kind.STR, full_name),),
    href="contact",
    stamps=ALL_STAMPS,
    links=(
        ("communications_href", "company/contacts/{}/communications"),
        ("notes_href", "company/contacts/{}/notes"),
        ("tracks_href", "company/contacts/{}/tracks"),
        ("portalSecurity_href", "company/contacts/{}/portalSecurity"),
        ("activities_href", "sales/activities?conditions=contact/id={}"),
        ("documents_href", "system/documents?recordType=Contact&recordId={}"),
        ("configurations_href", "company/configurations?conditions=contact/id={}"),
        ("tickets_href", "service/tickets?conditions=contact/id={}"),
        ("opportunities_href", "sales/opportunities?conditions=contact/id={}"),
        ("projects_href", "project/projects?conditions=contact/id={}"),
    ),
    custom_pod=CONTACT_POD,
    audit="Contact",
    guard="Contacts",
    located_by="company",
    rules=ContactRules(),
    first_id=5001,
    fields=(
        key(),
        text("firstName", 30, required=True),
        text("lastName", 30, indexed=True),
        ref("company", "company", indexed=True),
        ref("site", "site"),
        text("addressLine1", 50),
        text("addressLine2", 50),
        text("city", 50),
        text("state", 50),
        text("zip", 12),
        ref("country", "country"),
        flag("inactiveFlag"),
        text("title", 100),
        text("nickName", 30),
        text("school", 50),
        text("significantOther", 30),
        ref("managerContact", "contact"),
        ref("assistantContact", "contact"),
        flag("marriedFlag"),
        flag("childrenFlag"),
        one_of("gender", "Female", "Male"),
        moment("birthDay"),
        moment("anniversary"),
        number("portalSecurityLevel", default=1),
        flag("disablePortalLoginFlag", default=True),
        flag("unsubscribeFlag"),
        text("mobileGuid", read_only=True),
        text("facebookUrl"),
        text("twitterUrl"),
        text("linkedInUrl"),
        text("defaultPhoneType", read_only=True),
        text("defaultPhoneNbr", read_only=True),
        text("defaultPhoneExtension", read_only=True),
        flag("defaultBillingFlag"),
        flag("defaultFlag"),
        *(text(f"userDefinedField{place}", 50) for place in range(1, 11)),
        ref("companyLocation", "location", default="first"),
        Field(
            "communicationItems",
            Kind.OBJECTS,
            unlisted=True,
            items=(
                number("id"),
                ref("type", "communicationType"),
                text("value", 250, required=True),
                text("extension", 15),
                flag("defaultFlag", default=None),
                text("domain"),
                one_of("communicationType", *_KINDS),
            ),
        ),
        Field("types", Kind.REFS, target="contactType", read_only=True),
        Field("integratorTags", Kind.STRINGS),
        Field("customFields", Kind.CUSTOM),
        flag("ignoreDuplicates"),
    ),
)

COMMUNICATION = Entity(
    key="communication",
    noun="ContactCommunication",
    resource="contactCommunication",
    mounts=(Mount("company/contacts/{}/communications", "contact"),),
    guard="Contacts",
    rules=CommunicationRules(),
    first_id=90001,
    fields=(
        key(),
        number("contactId", derive=lambda record: record.get("contact")),
        ref("type", "communicationType", required=True),
        text("value", 250, required=True, indexed=True),
        text("extension", 15),
        flag("defaultFlag"),
        text("mobileGuid", read_only=True),
        one_of("communicationType", *_KINDS, read_only=True),
        text("domain", read_only=True),
        ref("contact", "contact", read_only=True, indexed=True, hidden=True),
    ),
)

COMMUNICATION_TYPE = Entity(
    key="communicationType",
    noun="CommunicationType",
    mounts=(Mount("company/communicationTypes"),),
    reference=(shown("name", "description"),),
    href="type",
    guard="Table Setup",
    light=True,
    fields=(
        key(),
        text("description", 30, required=True),
        flag("phoneFlag"),
        flag("faxFlag"),
        flag("emailFlag"),
        flag("defaultFlag"),
    ),
)

CONTACT_TYPE = Entity(
    key="contactType",
    noun="ContactType",
    mounts=(Mount("company/contacts/types"),),
    reference=(shown("name", "description"),),
    href="type",
    guard="Table Setup",
    light=True,
    fields=(
        key(),
        text("description", 50, required=True),
        flag("defaultFlag"),
        flag("serviceAlertFlag"),
        text("serviceAlertMessage", 150),
    ),
)

CONTACT_TYPE_ASSOCIATION = Entity(
    key="contactTypeAssociation",
    noun="ContactTypeAssociation",
    mounts=(
        Mount("company/contacts/{}/typeAssociations", "contact"),
        Mount("company/contactTypeAssociations"),
    ),
    guard="Contacts",
    rules=AssociationRules("contactTypeAssociation", "contact"),
    fields=(
        key(),
        ref("type", "contactType", required=True),
        ref("contact", "contact", required=True, indexed=True),
    ),
)

NOTE = Entity(
    key="contactNote",
    noun="ContactNote",
    mounts=(Mount("company/contacts/{}/notes", "contact"),),
    guard="Contacts",
    fields=(
        key(),
        number("contactId", derive=lambda record: record.get("contact")),
        Field("text", Kind.TEXT, required=True),
        flag("flagged"),
        text("enteredBy", read_only=True),
        ref("contact", "contact", read_only=True, indexed=True, hidden=True),
    ),
)

ENTITIES = (CONTACT, COMMUNICATION, COMMUNICATION_TYPE, CONTACT_TYPE, CONTACT_TYPE_ASSOCIATION, NOTE)
