"""Tasks: kept beside meetings, made, changed and deleted by their own rule."""

import pytest

from reference_impl.ews.namespaces import t

TASK = (
    "<m:CreateItem><m:Items><t:Task><t:Subject>Report</t:Subject><t:DueDate>2026-03-01T00:00:00Z</t:DueDate>"
    "<t:StartDate>2026-02-01T00:00:00Z</t:StartDate><t:Status>InProgress</t:Status><t:TotalWork>90</t:TotalWork>"
    "</t:Task></m:Items></m:CreateItem>"
)


@pytest.fixture
def task(organizer):
    """The ItemId of a task."""
    answer = organizer(TASK)
    assert answer.code == "NoError"
    (item_id,) = answer.ids("Task")
    return item_id


def delete(speaker, item_id, more=""):
    return speaker(f'<m:DeleteItem DeleteType="HardDelete"{more}><m:ItemIds>{item_id}</m:ItemIds></m:DeleteItem>')


def test_a_task_comes_back_as_it_was_given(organizer, task):
    item = organizer.get(task).one("Task")
    told = {name: item.findtext(t(name)) for name in ("ItemClass", "Subject", "DueDate", "StartDate", "Status")}
    assert told == {
        "ItemClass": "IPM.Task",
        "Subject": "Report",
        "DueDate": "2026-03-01T00:00:00Z",
        "StartDate": "2026-02-01T00:00:00Z",
        "Status": "InProgress",
    }
    assert (item.findtext(t("TotalWork")), item.findtext(t("PercentComplete"))) == ("90", "0")
    assert (item.findtext(t("IsComplete")), item.findtext(t("IsRecurring"))) == ("false", "false")
    assert organizer.find("tasks").ids("Task") == [task]
    assert organizer.find("drafts").all("Task") == []


@pytest.mark.requirement("EWS-MTG-213")
def test_a_task_is_deleted_only_if_the_request_says_which_occurrences(organizer, task, everything):
    before = everything()
    assert delete(organizer, task).code == "ErrorAffectedTaskOccurrencesRequired"
    assert everything() == before
    assert organizer.get(task).code == "NoError"
    assert delete(organizer, task, ' AffectedTaskOccurrences="AllOccurrences"').code == "NoError"
    assert organizer.get(task).code == "ErrorItemNotFound"


def test_other_items_need_no_word_on_task_occurrences(organizer, attendee, meeting):
    assert delete(attendee, attendee.only("inbox", "MeetingRequest")).code == "NoError"


@pytest.mark.parametrize(
    ("uri", "inner", "status", "percent"),
    [
        ("task:Status", "<t:Status>Completed</t:Status>", "Completed", "100"),
        ("task:PercentComplete", "<t:PercentComplete>100</t:PercentComplete>", "Completed", "100"),
        ("task:PercentComplete", "<t:PercentComplete>37.5</t:PercentComplete>", "InProgress", "37.5"),
        ("task:CompleteDate", "<t:CompleteDate>2026-01-01T00:00:00Z</t:CompleteDate>", "Completed", "100"),
        ("task:Status", "<t:Status>WaitingOnOthers</t:Status>", "WaitingOnOthers", "0"),
    ],
)
def test_status_share_and_day_of_completion_agree(organizer, task, tools, uri, inner, status, percent):
    answer = organizer.update(task, tools.set_field(uri, inner, kind="Task"), sending=None)
    assert answer.code == "NoError"
    item = organizer.get(task).one("Task")
    assert (item.findtext(t("Status")), item.findtext(t("PercentComplete"))) == (status, percent)
    assert item.findtext(t("IsComplete")) == str(status == "Completed").lower()


@pytest.mark.parametrize(
    ("uri", "inner", "code"),
    [
        ("task:PercentComplete", "<t:PercentComplete>101</t:PercentComplete>", "ErrorInvalidPercentCompleteValue"),
        ("task:CompleteDate", "<t:CompleteDate>2030-01-01T00:00:00Z</t:CompleteDate>", "ErrorInvalidCompleteDate"),
        ("task:IsComplete", "<t:IsComplete>true</t:IsComplete>", "ErrorInvalidPropertySet"),
        ("task:Owner", "<t:Owner>Me</t:Owner>", "ErrorInvalidPropertySet"),
    ],
)
def test_what_a_task_cannot_be_is_refused(organizer, task, tools, uri, inner, code):
    assert organizer.update(task, tools.set_field(uri, inner, kind="Task"), sending=None).code == code


def test_a_task_does_not_recur(organizer):
    recurring = TASK.replace(
        "<t:StartDate>",
        "<t:Recurrence><t:DailyRecurrence><t:Interval>1</t:Interval></t:DailyRecurrence><t:NoEndRecurrence>"
        "<t:StartDate>2026-02-01</t:StartDate></t:NoEndRecurrence></t:Recurrence><t:StartDate>",
        1,
    )
    assert organizer(recurring).code == "ErrorInvalidPropertySet"


def test_lists_and_texts_of_a_task_can_be_set_and_deleted(organizer, task, tools):
    companies = "<t:Companies><t:String>One</t:String><t:String>Two</t:String></t:Companies>"
    organizer.update(task, tools.set_field("task:Companies", companies, kind="Task"), sending=None)
    (now,) = organizer.find("tasks").ids("Task")
    assert [element.text for element in organizer.get(now).one("Companies")] == ["One", "Two"]
    organizer.update(now, tools.delete_field("task:Companies") + tools.delete_field("task:DueDate"), sending=None)
    item = organizer.get(task).one("Task")
    assert item.find(t("Companies")) is None
    assert item.find(t("DueDate")) is None


def compared(name, word):
    constant = f'<t:FieldURI FieldURI="task:Status"/><t:FieldURIOrConstant><t:Constant Value="{word}"/>'
    return f"<m:Restriction><t:{name}>{constant}</t:FieldURIOrConstant></t:{name}></m:Restriction>"


def test_tasks_are_found_and_sorted_by_their_status(organizer, task, tools):
    other = organizer(TASK).ids("Task")[0]
    done = tools.set_field("task:Status", "<t:Status>Completed</t:Status>", "Task")
    changed = organizer.update(other, done, sending=None, rest=' MessageDisposition="SaveOnly"')
    (other,) = changed.ids("Task")
    assert organizer.find("tasks", rest=compared("IsEqualTo", "Completed")).ids("Task") == [other]
    assert organizer.find("tasks", rest=compared("IsLessThan", "Completed")).ids("Task") == [task]
    assert organizer.find("tasks", rest=compared("IsEqualTo", "Done")).code == "ErrorInvalidValueForProperty"
    path = '<t:FieldURI FieldURI="task:Status"/>'
    for order, expected in (("Ascending", [task, other]), ("Descending", [other, task])):
        by = f'<m:SortOrder><t:FieldOrder Order="{order}">{path}</t:FieldOrder></m:SortOrder>'
        assert organizer.find("tasks", rest=by).ids("Task") == expected
