"""FindItem's groups: what they have in common, their order, and pages of their rows."""

import pytest

from reference_impl.service.settings import Settings
from tests.reference_impl.ews.finding.asking import compare, find, fraction, group, order, page, search, seek

RECEIVED = "item:DateTimeReceived"
BY_SENDER = group("message:From", RECEIVED)
BY_TOPIC = '<m:DistinguishedGroupBy Order="{order}"><t:StandardGroupBy>ConversationTopic</t:StandardGroupBy></m:DistinguishedGroupBy>'  # noqa: E501
BY_TIME = order((RECEIVED, False))

ANNA = ("Anna Lind", ["Plan", "budget", "Budget review"])
BERT = ("Bert Öhman", ["RE: Plan", "RE: budget", "Zebra crossing"])


@pytest.mark.parametrize(
    ("greatest", "descending", "expected"),
    [
        (True, False, [BERT, ANNA]),  # the last of Bert's came at four, of Anna's at six
        (True, True, [ANNA, BERT]),
        (False, False, [BERT, ANNA]),  # the first of Bert's came at one, of Anna's at three
        (False, True, [ANNA, BERT]),
    ],
)
def test_groups_stand_in_the_order_of_one_value_of_each(organizer, mails, greatest, descending, expected):
    groups = group("message:From", RECEIVED, greatest=greatest, descending=descending)
    found = find(organizer, "inbox", groups=groups)
    assert found.groups == expected
    assert (found.TotalItemsInView, found.IncludesLastItemInRange) == (8, True)


def test_the_smallest_and_the_greatest_may_order_groups_differently(organizer, mails):
    by_category = group("item:Categories", "item:DateTimeSent", greatest=False)
    assert [index for index, _ in find(organizer, "inbox", groups=by_category).groups] == ["Red; Blue", ""]
    by_size = group("item:Categories", "item:Subject")
    assert [index for index, _ in find(organizer, "inbox", groups=by_size).groups] == ["Red; Blue", ""]
    by_smallest = group("item:Categories", "item:Subject", greatest=False)
    assert [index for index, _ in find(organizer, "inbox", groups=by_smallest).groups] == ["", "Red; Blue"]


def test_items_are_sorted_within_their_groups(organizer, mails):
    found = find(organizer, "inbox", groups=BY_SENDER, sort=order((RECEIVED, True)))
    assert found.groups == [
        ("Bert Öhman", ["Zebra crossing", "RE: budget", "RE: Plan"]),
        ("Anna Lind", ["Budget review", "Plan", "budget"]),
    ]


def test_conversations_are_groups_by_topic(organizer, mails):
    ascending = find(organizer, "inbox", groups=BY_TOPIC.format(order="Ascending"), sort=BY_TIME).groups
    assert ascending == [
        ("budget", ["RE: budget", "budget"]),
        ("Zebra crossing", ["Zebra crossing"]),
        ("Plan", ["RE: Plan", "Plan"]),
        ("Budget review", ["Budget review"]),
    ]
    descending = find(organizer, "inbox", groups=BY_TOPIC.format(order="Descending"), sort=BY_TIME).groups
    assert descending == ascending[::-1]


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("item:Importance", ["High", "Normal", "Low"]),
        ("item:HasAttachments", ["false"]),
        ("item:Size", ["1040", "1032", "1050", "1052", "1044", "1036"]),
        (RECEIVED, [f"2026-01-05T0{hour}:00:00Z" for hour in (6, 5, 4, 3, 2, 1)]),
        ("calendar:Start", [""]),
    ],
)
def test_values_of_every_kind_are_written_as_text(organizer, mails, uri, expected):
    found = find(organizer, "inbox", groups=group(uri, RECEIVED, descending=True))
    indexes = [index for index, _ in found.groups]
    assert len(indexes) == len(expected)
    if uri == "item:Size":
        assert all(index.isdigit() for index in indexes)
    else:
        assert indexes == expected


@pytest.mark.parametrize("settings", [Settings(groups_are_numbered=True)])
def test_servers_differ_in_what_they_call_a_group(organizer, mails):
    found = find(organizer, "inbox", groups=BY_SENDER, view=page(4))
    assert [index for index, _ in found.groups] == ["1"]


def test_only_what_a_restriction_lets_through_is_grouped(organizer, mails):
    unread = search(compare("IsEqualTo", "message:IsRead", "false"))
    found = find(organizer, "inbox", groups=BY_SENDER, where=unread)
    assert found.groups == [("Bert Öhman", ["RE: Plan"]), ("Anna Lind", ["Plan", "budget"])]
    assert found.TotalItemsInView == 5


@pytest.mark.parametrize("size", range(1, 9))
def test_pages_are_made_of_rows_of_groups_and_of_items(organizer, mails, size):
    seen, offset = [], 0
    while True:
        found = find(organizer, "inbox", groups=BY_SENDER, view=page(offset, size))
        rows = found.IndexedPagingOffset - offset
        assert rows == min(size, 8 - offset)
        assert found.TotalItemsInView == 8
        begun = sum(at in range(offset, offset + rows) for at in (0, 4))
        assert len(found.items) == rows - begun
        seen += found.subjects
        offset += rows
        if found.IncludesLastItemInRange:
            break
    assert seen == BERT[1] + ANNA[1]


def test_a_page_shows_the_groups_of_its_rows(organizer, mails):
    def shown(view):
        return find(organizer, "inbox", groups=BY_SENDER, view=view).groups

    assert shown(page(0, 1)) == [("Bert Öhman", [])]
    assert shown(page(2, 3)) == [("Bert Öhman", ["RE: budget", "Zebra crossing"]), ("Anna Lind", [])]
    assert shown(page(1, 2, "End")) == [("Anna Lind", ["Plan", "budget"])]
    assert shown(fraction(1, 2)) == [ANNA]
    assert shown(page(8, 2)) == []


def test_rows_are_shown_from_a_condition_on(organizer, mails):
    condition = compare("IsEqualTo", "item:Subject", "RE: budget")
    found = find(organizer, "inbox", groups=BY_SENDER, view=seek(condition, 3), sort=BY_TIME)
    assert found.groups == [("Bert Öhman", ["RE: budget", "Zebra crossing"]), ("Anna Lind", [])]
    assert (found.IndexedPagingOffset, found.IncludesLastItemInRange) == (5, False)
    back = find(organizer, "inbox", groups=BY_SENDER, view=seek(condition, 2, "End"), sort=BY_TIME)
    assert back.groups == [("Bert Öhman", ["RE: Plan", "RE: budget"])]
    assert (back.IndexedPagingOffset, back.IncludesLastItemInRange) == (7, False)
    nowhere = find(organizer, "inbox", groups=BY_SENDER, view=seek(compare("IsEqualTo", "item:Subject", "?"), 2))
    assert (nowhere.groups, nowhere.IncludesLastItemInRange) == ([], True)


@pytest.mark.parametrize(
    "groups",
    [group("item:ResponseObjects", RECEIVED), group("item:Subject", "message:IsRead"), group("item:IsDraft", RECEIVED)],
)
def test_what_cannot_be_grouped_by_is_refused(organizer, groups):
    assert find(organizer, "inbox", groups=groups).code == "ErrorUnsupportedPathForSortGroup"


def test_an_empty_folder_has_no_groups(organizer):
    found = find(organizer, "inbox", groups=BY_SENDER)
    assert (found.groups, found.TotalItemsInView, found.IncludesLastItemInRange) == ([], 0, True)
