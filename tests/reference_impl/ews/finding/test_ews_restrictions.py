"""FindItem's restrictions and sort orders: every expression, what they refuse, and what counts as near."""

from datetime import UTC, datetime

import pytest

from reference_impl.domain.items import Attachment
from reference_impl.domain.mailbox import Person
from tests.reference_impl.ews.finding.asking import compare, contains, excludes, exists, find, order, page, search

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
START = "calendar:Start"
NOON = "2026-06-12T10:00:00Z"
KEYWORDS = (
    '<t:ExtendedFieldURI PropertySetId="aa3df801-4fc7-401f-bbc1-7c93d6498c2e" PropertyName="ItemIndex"'
    ' PropertyType="{type}"/>'
)
HEADER = '<t:IndexedFieldURI FieldURI="item:InternetMessageHeader" FieldIndex="X-Nowhere"/>'


def both(*parts):
    return f"<t:And>{''.join(parts)}</t:And>"


def either(*parts):
    return f"<t:Or>{''.join(parts)}</t:Or>"


def no(part):
    return f"<t:Not>{part}</t:Not>"


def subject(kind, value):
    return compare(kind, "item:Subject", value)


IN_CALENDAR = {
    "equal": (subject("IsEqualTo", "C"), "C"),
    "equal, in another case": (subject("IsEqualTo", "c"), ""),
    "not equal": (subject("IsNotEqualTo", "C"), "ABDE"),
    "greater text": (subject("IsGreaterThan", "C"), "DE"),
    "greater": (compare("IsGreaterThan", START, NOON), "DE"),
    "greater or equal": (compare("IsGreaterThanOrEqualTo", START, NOON), "CDE"),
    "less": (compare("IsLessThan", START, NOON), "AB"),
    "less or equal, with an offset": (compare("IsLessThanOrEqualTo", START, "2026-06-12T12:00:00+02:00"), "ABC"),
    "less than the last moment": (compare("IsLessThan", START, "9999-12-31T23:59:59-14:00"), "ABCDE"),
    "greater than the first moment": (compare("IsGreaterThan", START, "0001-01-01T00:00:00+14:00"), "ABCDE"),
    "a moment that is not": (no(compare("IsEqualTo", START, NOON)), "ABDE"),
    "not that moment": (compare("IsNotEqualTo", START, NOON), "ABDE"),
    "and": (both(compare("IsGreaterThan", START, NOON), compare("IsEqualTo", "calendar:Location", "Room 1")), "D"),
    "or": (either(subject("IsEqualTo", "A"), subject("IsEqualTo", "E")), "AE"),
    "or, of two moments": (
        either(
            compare("IsLessThan", START, "2026-06-11T00:00:00Z"),
            compare("IsGreaterThan", "calendar:End", "2026-06-14T00:00:00Z"),
        ),
        "AE",
    ),
    "and, of one part": (both(subject("IsEqualTo", "A")), "A"),
    "not": (no(subject("IsEqualTo", "A")), "BCDE"),
    "exists": (exists("calendar:Location"), "ABCDE"),
    "exists without a value": (exists("item:Categories"), ""),
    "exists, of a property that only others have": (exists("message:InternetMessageId"), ""),
    "a substring": (contains("calendar:Location", "oom 1"), "BD"),
    "a substring of another case": (contains("calendar:Location", "ROOM 1"), ""),
    "a substring whatever the case": (contains("calendar:Location", "ROOM 1", comparison="IgnoreCase"), "BD"),
    "a prefix": (contains("calendar:Location", "Room", mode="Prefixed"), "ABCDE"),
    "the whole": (contains("calendar:Location", "Room", mode="FullString"), ""),
    "the beginning of a word": (contains("item:Body", "tex", mode="PrefixOnWords"), "ABCDE"),
    "the inside of a word": (contains("item:Body", "ext", mode="PrefixOnWords"), ""),
    "a phrase": (contains("item:Body", "Some text", mode="ExactPhrase"), "ABCDE"),
    "half a phrase": (contains("item:Body", "Some tex", mode="ExactPhrase"), ""),
    "marks ignored": (contains("calendar:Location", "Röom", comparison="IgnoreNonSpacingCharacters"), "ABCDE"),
    "marks and case ignored": (
        contains("calendar:Location", "RÖOM", comparison="IgnoreCaseAndNonSpacingCharacters"),
        "ABCDE",
    ),
    "a flag": (compare("IsEqualTo", "calendar:IsMeeting", "false"), "ABCDE"),
    "a number": (compare("IsGreaterThan", "item:Size", "1000000"), ""),
    "two properties": (compare("IsLessThan", START, '<t:FieldURI FieldURI="calendar:End"/>'), "ABCDE"),
    "a property these items do not have": (compare("IsEqualTo", "message:IsRead", "true"), ""),
    "unequal to what is not there": (compare("IsNotEqualTo", "message:IsRead", "true"), "ABCDE"),
    "a property nobody has": (compare("IsEqualTo", "contacts:GivenName", "x"), ""),
    "a header nobody has": (contains(HEADER, "x"), ""),
    "a choice": (compare("IsEqualTo", "calendar:LegacyFreeBusyStatus", "Busy"), "ABCDE"),
    "a lesser choice": (compare("IsLessThan", "calendar:LegacyFreeBusyStatus", "Tentative"), ""),
    "two choices": (
        compare("IsEqualTo", "calendar:LegacyFreeBusyStatus", '<t:FieldURI FieldURI="calendar:LegacyFreeBusyStatus"/>'),
        "ABCDE",
    ),
    "bits that are not set": (excludes("calendar:AppointmentState", "7"), "ABCDE"),
    "no number has no bits": (excludes("calendar:ConferenceType", "0xff"), "ABCDE"),
    "255 expressions": (either(*[subject("IsEqualTo", "B")] * 254), "B"),
}


@pytest.mark.parametrize("name", IN_CALENDAR)
def test_restrictions_find_what_fits(organizer, events, name):
    expression, expected = IN_CALENDAR[name]
    found = find(organizer, where=search(expression))
    assert "".join(found.subjects) == expected
    assert found.TotalItemsInView == len(expected)


LETTERS = {"Plan": "P", "RE: Plan": "p", "budget": "b", "Budget review": "B", "RE: budget": "r", "Zebra crossing": "Z"}


def letters(found):
    return "".join(LETTERS[subject] for subject in found.subjects)


IN_INBOX = {
    "unread": (compare("IsEqualTo", "message:IsRead", "false"), "Ppb"),
    "read": (compare("IsEqualTo", "message:IsRead", "1"), "BrZ"),
    "not read": (no(compare("IsEqualTo", "message:IsRead", "true")), "Ppb"),
    "not unread": (no(compare("IsEqualTo", "message:IsRead", "false")), "BrZ"),
    "important": (compare("IsEqualTo", "item:Importance", "High"), "bB"),
    "at most normal": (
        compare("IsLessThanOrEqualTo", "item:Importance", "Normal"),
        "PprZ",
    ),
    "private": (compare("IsGreaterThan", "item:Sensitivity", "Personal"), "b"),
    "one of several values": (compare("IsEqualTo", "item:Categories", "Blue"), "pr"),
    "none of several values": (
        compare("IsNotEqualTo", "item:Categories", "Blue"),
        "PbBZ",
    ),
    "from a name": (compare("IsEqualTo", "message:From", "Anna Lind"), "PbB"),
    "from an address": (compare("IsEqualTo", "message:Sender", "bert@example.net"), "prZ"),
    "from a part of a name": (contains("message:From", "ohman", comparison="Loose"), "prZ"),
    "to an address": (contains("message:ToRecipients", "nobody@"), ""),
    "by subject": (contains("item:Subject", "budget", "FullString", "IgnoreCase"), "b"),
    "by the beginning": (contains("item:Subject", "BUDGET", "Prefixed", "IgnoreCase"), "bB"),
    "by the very beginning": (contains("item:Subject", "Budget", "Prefixed"), "B"),
    "by nothing at all": (contains("item:Subject", "", "Prefixed"), "PpbBrZ"),
    "by no beginning": (no(contains("item:Subject", "RE", "Prefixed", "IgnoreCase")), "PbBZ"),
    "not by subject, in another case": (no(subject("IsEqualTo", "Budget")), "PpbBrZ"),
    "by a moment, or by what has to be read": (
        either(
            compare("IsLessThan", "item:DateTimeReceived", "2026-01-05T01:30:00Z"),
            contains("message:From", "Anna", "Prefixed"),
        ),
        "PpbB",
    ),
    "between two moments": (
        both(
            compare("IsGreaterThan", "item:DateTimeReceived", "2026-01-05T02:00:00Z"),
            compare("IsLessThan", "item:DateTimeReceived", "2026-01-05T05:00:00Z"),
        ),
        "bZ",
    ),
    "sent before": (compare("IsLessThan", "item:DateTimeSent", "2026-01-05T01:00:00Z"), "p"),
    "without a start": (compare("IsLessThan", START, "2099-01-01T00:00:00Z"), ""),
    "with no start": (compare("IsNotEqualTo", START, "2099-01-01T00:00:00Z"), "PpbBrZ"),
}


@pytest.mark.parametrize("name", IN_INBOX)
def test_restrictions_find_messages_that_fit(organizer, mails, name):
    expression, expected = IN_INBOX[name]
    found = find(organizer, "inbox", where=search(expression))
    assert letters(found) == expected
    assert found.TotalItemsInView == len(expected)


def test_recipients_and_attachments_are_found_by_name(organizer, filler):
    attachment = Attachment(
        id="01", name="Minutes.docx", digest="x", size=3, modified=filler.owner and filler._common("inbox")["created"]
    )
    filler.message("with both", attachments=(attachment,), to=(Person("carl@example.net", "Carl"),))
    filler.message("without", cc=(Person("carl@example.net", "Carl"),))
    for expression, expected in (
        (contains("message:ToRecipients", "carl", comparison="IgnoreCase"), ["with both"]),
        (contains("message:CcRecipients", "carl@example.net", "FullString"), ["without"]),
        (contains("message:BccRecipients", "carl"), []),
        (contains("item:Attachments", ".docx"), ["with both"]),
        (exists("message:ToRecipients"), ["with both"]),
    ):
        assert find(organizer, "inbox", where=search(expression)).subjects == expected


def test_extended_properties_are_compared_by_their_types(organizer, tools):
    for number, index in enumerate((1, 2, 4, 6, 10)):
        kept = f"<t:ExtendedProperty>{KEYWORDS.format(type='Integer')}<t:Value>{index}</t:Value></t:ExtendedProperty>"
        organizer.create(
            sending="SendToNone",
            subject=f"{index}",
            before=kept,
            start=f"2026-06-{10 + number}T10:00:00Z",
            end=f"2026-06-{10 + number}T11:00:00Z",
        )
    organizer.create(sending="SendToNone", subject="none")
    path = KEYWORDS.format(type="Integer")
    for expression, expected in (
        (excludes(path, "2"), ["1", "4", "none"]),
        (excludes(path, "0x6"), ["1", "none"]),
        (no(excludes(path, "2")), ["2", "6", "10"]),
        (exists(path), ["1", "2", "4", "6", "10"]),
        (compare("IsGreaterThan", path, "3"), ["4", "6", "10"]),
        (compare("IsLessThan", path, '<t:FieldURI FieldURI="item:Size"/>'), ["1", "2", "4", "6", "10"]),
    ):
        assert find(organizer, where=search(expression)).subjects == expected
    assert find(organizer, sort=order((path, True))).subjects == ["10", "6", "4", "2", "1", "none"]


NEAR = {
    "next to each other": (("some", "words"), 0, "true", True),
    "with words between": (("some", "stand"), 1, "true", True),
    "too far": (("some", "stand"), 0, "true", False),
    "in the other order": (("words", "some"), 0, "false", True),
    "in the wrong order": (("words", "some"), 5, "true", False),
    "the nearest of several": (("near", "again"), 1, "true", True),
    "three of them": (("some", "words", "near"), 1, "true", True),
    "one that is not there": (("some", "other"), 9, "false", False),
    "a phrase": (("some words", "stand near"), 0, "true", True),
    "in any order, around others": (("other some", "near"), 9, "false", False),
}


@pytest.mark.parametrize("name", NEAR)
def test_texts_are_near_each_other(organizer, filler, name):
    filler.message("Some words stand near, then near, again.")
    phrases, distance, ordered, expected = NEAR[name]
    texts = "".join(contains("item:Subject", phrase, "ExactPhrase", "IgnoreCase") for phrase in phrases)
    near = f"<t:Near>{texts}<t:Distance>{distance}</t:Distance><t:Ordered>{ordered}</t:Ordered></t:Near>"
    assert bool(find(organizer, "inbox", where=search(near)).ids) is expected


def near(*parts):
    return f"<t:Near>{''.join(parts)}<t:Distance>3</t:Distance><t:Ordered>true</t:Ordered></t:Near>"


def test_words_near_each_other_may_go_on(organizer, filler):
    filler.message("Quarterly planning of budgets")
    for mode, expected in (("PrefixOnWords", 1), ("ExactPhrase", 0)):
        parts = (contains("item:Subject", word, mode) for word in ("plan", "budget"))
        assert len(find(organizer, "inbox", where=search(near(*parts))).ids) == expected


REFUSED = {
    "a calculated property": (compare("IsEqualTo", "item:ResponseObjects", "x"), "ErrorUnsupportedPathForQuery"),
    "a count": (compare("IsEqualTo", "calendar:ConflictingMeetingCount", "0"), "ErrorUnsupportedPathForQuery"),
    "the existence of a calculated property": (exists("item:ResponseObjects"), "ErrorUnsupportedPathForQuery"),
    "no word of a choice": (compare("IsEqualTo", "item:Importance", "Highest"), "ErrorInvalidValueForProperty"),
    "no moment": (compare("IsEqualTo", START, "soon"), "ErrorInvalidValueForProperty"),
    "a moment that is a flag": (
        compare("IsGreaterThan", "item:DateTimeCreated", "true"),
        "ErrorInvalidValueForProperty",
    ),
    "no flag": (compare("IsEqualTo", "calendar:IsMeeting", "perhaps"), "ErrorInvalidValueForProperty"),
    "no number": (compare("IsEqualTo", "item:Size", "big"), "ErrorInvalidValueForProperty"),
    "a number as Python would write it": (compare("IsEqualTo", "item:Size", "1_000"), "ErrorInvalidValueForProperty"),
    "properties of two kinds": (
        compare("IsEqualTo", START, '<t:FieldURI FieldURI="item:Size"/>'),
        "ErrorInvalidValueForProperty",
    ),
    "choices of two kinds": (
        compare("IsEqualTo", "item:Importance", '<t:FieldURI FieldURI="item:Sensitivity"/>'),
        "ErrorInvalidValueForProperty",
    ),
    "a text in a moment": (contains(START, "2026"), "ErrorContainsFilterWrongType"),
    "a text in a choice": (contains("item:Importance", "High"), "ErrorContainsFilterWrongType"),
    "a text in a number": (contains("item:Size", "1"), "ErrorContainsFilterWrongType"),
    "the existence of a flag of messages": (exists("message:IsRead"), "ErrorInvalidPropertyForExists"),
    "the existence of another": (exists("item:IsFromMe"), "ErrorInvalidPropertyForExists"),
    "the bits of a text": (excludes("item:Subject", "1"), "ErrorUnsupportedPathForQuery"),
    "the bits of a flag": (excludes("calendar:IsMeeting", "1"), "ErrorUnsupportedPathForQuery"),
    "no bits": (excludes("item:Size", ""), "ErrorInvalidExcludesRestriction"),
    "no hexadecimal bits": (excludes("item:Size", "0x"), "ErrorInvalidExcludesRestriction"),
    "a contradictory path": (
        exists('<t:ExtendedFieldURI PropertyTag="0x3008" PropertyName="x" PropertyType="String"/>'),
        "ErrorInvalidExtendedProperty",
    ),
    "too deep": ("<t:Not>" * 70 + subject("IsEqualTo", "x") + "</t:Not>" * 70, "ErrorRestrictionTooComplex"),
    "too long": (either(*[subject("IsEqualTo", "x")] * 255), "ErrorRestrictionTooLong"),
    "near something else": (near(subject("IsEqualTo", "x")), "ErrorRestrictionTooComplex"),
    "near in another property": (
        near(contains("item:Subject", "x"), contains("calendar:Location", "y")),
        "ErrorRestrictionTooComplex",
    ),
    "near in another way": (
        near(contains("item:Subject", "x"), contains("item:Subject", "y", comparison="IgnoreCase")),
        "ErrorRestrictionTooComplex",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_restrictions_that_cannot_be_are_refused(organizer, name):
    expression, code = REFUSED[name]
    assert find(organizer, where=search(expression)).code == code


def test_a_refusal_tells_the_path(organizer):
    answer = find(organizer, where=search(compare("IsEqualTo", "item:Size", "big"))).answer
    assert answer.one("FieldURI").get("FieldURI") == "item:Size"


def test_near_came_with_2016_and_single_junctions_with_2010(organizer):
    expression = search(near(contains("item:Subject", "x"), contains("item:Subject", "y")))
    assert find(organizer.at("Exchange2013_SP1"), where=expression).answer.fault == "ErrorSchemaValidation"
    single = search(both(subject("IsEqualTo", "A")))
    assert find(organizer.at("Exchange2007_SP1"), where=single).answer.fault == "ErrorSchemaValidation"


# Sort orders


def test_results_are_sorted_by_several_fields(organizer, events):
    sort = order(("calendar:Location", True), ("item:Subject", False))
    assert "".join(find(organizer, sort=sort).subjects) == "BDACE"
    assert "".join(find(organizer, view=page(1, 2), sort=sort).subjects) == "DA"
    assert "".join(find(organizer, view=page(1, 2, "End"), sort=sort).subjects) == "AC"


SORTED = {
    "by a time that is known": (("item:DateTimeReceived", True), "BPZbrp"),
    "by subject, without case": (("item:Subject", False), "bBPrpZ"),
    "by choice": (("item:Importance", False), "pZPrbB"),
    "by person": (("message:From", True), "prZPbB"),
    "by what some have not": (("item:Categories", False), "PbBZpr"),
    "by what none have": (("calendar:Start", True), "PpbBrZ"),
    "by topic": (("message:ConversationTopic", True), "ZPpBbr"),
}


@pytest.mark.parametrize("name", SORTED)
def test_results_are_sorted_and_ties_come_as_they_arrived(organizer, mails, name):
    field, expected = SORTED[name]
    assert letters(find(organizer, "inbox", sort=order(field))) == expected
    for point, offsets in (("Beginning", (0, 2, 4)), ("End", (4, 2, 0))):
        pages = (find(organizer, "inbox", sort=order(field), view=page(offset, 2, point)) for offset in offsets)
        assert "".join(letters(found) for found in pages) == expected


@pytest.mark.parametrize("uri", ["item:ResponseObjects", "message:IsRead", "item:IsDraft", "message:ToRecipients"])
def test_what_cannot_be_sorted_by_is_refused(organizer, uri):
    answer = find(organizer, sort=order((uri, False))).answer
    assert answer.code == "ErrorUnsupportedPathForSortGroup"
    assert answer.one("FieldURI").get("FieldURI") == uri
