"""Differences are told once, in the words of meetings; order and repetition count only where they say something."""

import json
from dataclasses import replace

from conformance.model.exchange import Exchange, Request, Response
from conformance.tape.diff import compare, study

SOAP = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"'
    ' xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"><s:Body>{}</s:Body></s:Envelope>'
)


def ews_answer(items, operation="FindItem"):
    body = (
        f"<m:{operation}Response><m:ResponseMessages><m:{operation}ResponseMessage ResponseClass='Success'>"
        f"<m:ResponseCode>NoError</m:ResponseCode>{items}</m:{operation}ResponseMessage></m:ResponseMessages>"
        f"</m:{operation}Response>"
    )
    request = Request("POST", "https://a.example/EWS/Exchange.asmx", (), SOAP.format(f"<m:{operation}/>").encode())
    return Exchange(request, Response(200, "OK", (), SOAP.format(body).encode()))


def item(subject, number=0, **more):
    told = "".join(f"<t:{name}>{value}</t:{name}>" for name, value in more.items())
    known = f'<t:ItemId Id="ID{number}AAAA" ChangeKey="CK{number}AAAA"/><t:Subject>{subject}</t:Subject>'
    return f"<t:CalendarItem>{known}{told}</t:CalendarItem>"


def found(*items):
    return (ews_answer(f"<m:RootFolder><t:Items>{''.join(items)}</t:Items></m:RootFolder>"),)


def attendee(address, response="Unknown"):
    return (
        f"<t:Attendee><t:Mailbox><t:EmailAddress>{address}</t:EmailAddress></t:Mailbox>"
        f"<t:ResponseType>{response}</t:ResponseType></t:Attendee>"
    )


def words(left, right):
    return [each.words for each in compare(left, right)]


def test_an_attendees_answer_is_told_in_meetings_words():
    left = found(item("Lunch", RequiredAttendees=attendee("adele@a.example", "Accept") + attendee("bo@a.example")))
    right = found(item("Lunch", RequiredAttendees=attendee("bo@a.example") + attendee("adele@a.example", "Unknown")))
    (told,) = compare(left, right)
    assert told.words == (
        'meeting "Lunch": attendee adele@a.example\'s answer is "accepted" on the left, "none" on the right'
    )
    assert told.path.endswith("/t:RequiredAttendees/t:Attendee[1]/t:ResponseType")
    assert (told.left, told.right, told.exchange) == ("Accept", "Unknown", 1)


def test_the_order_of_attendees_and_of_response_objects_says_nothing():
    people = [attendee("a@x"), attendee("b@x", "Decline"), attendee("c@x")]
    offers = ["<t:AcceptItem/>", "<t:DeclineItem/>", "<t:ProposeNewTime/>"]
    left = found(item("Lunch", ResponseObjects="".join(offers), RequiredAttendees="".join(people)))
    right = found(item("Lunch", ResponseObjects="".join(offers[::-1]), RequiredAttendees="".join(people[::-1])))
    assert compare(left, right) == ()


def test_an_offer_or_an_attendee_more_or_less_is_told():
    left = found(item("Lunch", ResponseObjects="<t:AcceptItem/>", RequiredAttendees=attendee("a@x") + attendee("b@x")))
    right = found(
        item("Lunch", ResponseObjects="<t:AcceptItem/><t:ProposeNewTime/>", RequiredAttendees=attendee("a@x"))
    )
    assert words(left, right) == [
        'meeting "Lunch": the ProposeNewTime is only on the right',
        'meeting "Lunch": the attendee b@x is only on the left',
    ]


def test_a_missing_item_in_a_list_is_one_difference():
    items = [item(f"Meeting {n}", n) for n in range(20)]
    assert words(found(*items), found(*items[:7], *items[8:])) == [
        'meeting "Meeting 7": the calendar item is only on the left'
    ]


def test_swapped_neighbours_are_one_difference():
    items = [item(f"Meeting {n}", n) for n in range(10)]
    swapped = [*items[:4], items[5], items[4], *items[6:]]
    (told,) = words(found(*items), found(*swapped))
    assert (
        told == 'meeting "Meeting 5": the calendar item stands at t:CalendarItem[6] on the left,'
        " at t:CalendarItem[5] on the right"
    )


def test_one_changed_field_is_one_difference():
    left, right = (
        found(*(item(f"Meeting {n}", n, Location=place if n == 3 else "x") for n in range(9))) for place in ("A", "B")
    )
    assert words(left, right) == ['meeting "Meeting 3": the location is "A" on the left, "B" on the right']


def test_a_changed_subject_is_told_at_its_place():
    left, right = (
        found(*(item(name if n == 3 else f"Meeting {n}", n) for n in range(9))) for name in ("Lunch", "Dinner")
    )
    (told,) = compare(left, right)
    assert told.words == 'meeting "Lunch": the subject is "Lunch" on the left, "Dinner" on the right'
    assert told.path.endswith("/t:CalendarItem[4]/t:Subject")


def test_polling_more_often_is_no_difference_but_is_counted():
    empty, full = found()[0], found(item("Lunch"))[0]
    accept = ews_answer("<m:Items/>", "CreateItem")
    told = study((accept, empty, full), (accept, empty, empty, empty, full))
    assert told.differences == ()
    assert told.repeats == 4
    assert compare((accept, empty, full), (accept, empty, empty, empty))
    assert compare((accept, full), (accept, accept, full)), "a write repeated is a difference"


def test_never_is_no_moment_like_others():
    def event(time):
        guest = {"emailAddress": {"address": "a@x"}, "status": {"time": time}}
        body = json.dumps({"subject": "Lunch", "attendees": [guest]})
        return (Exchange(Request("GET", "https://g/v1.0/me/events/A1"), Response(200, "OK", (), body.encode())),)

    assert compare(event("2026-01-01T00:00:00Z"), event("2026-01-02T00:00:00.5Z")) == ()
    (told,) = words(event("2026-01-01T00:00:00Z"), event("4501-01-01T00:00:00Z"))
    assert told.startswith('meeting "Lunch": attendee a@x\'s time is "2026-01-01T00:00:00Z" on the left, "4501-')


def test_types_and_nulls_of_json_matter():
    def answer(body):
        return (Exchange(Request("GET", "https://g/v1.0/me/events/A1"), Response(200, "OK", (), body)),)

    assert compare(answer(b'{"a": true}'), answer(b'{"a": "true"}'))
    assert compare(answer(b'{"a": true}'), answer(b'{"a": 1}'))
    assert compare(answer(b'{"a": null}'), answer(b"{}"))
    assert compare(answer(b'{"a": []}'), answer(b'{"a": {}}'))
    assert compare(answer(b'{"a": 1, "b": 2}'), answer(b'{"b": 2.0, "a": 1}')) == ()
    assert compare(answer(b"{broken"), answer(b"{broken")) == ()
    assert compare(answer(b"{broken"), answer(b"{broken!"))
    assert compare(answer(b"\xff\xfe\x00"), answer(b"\xff\xfe\x01"))


def test_annotations_of_members_are_links_like_those_of_objects():
    def answer(item, fragment="events"):
        context = f"https://g/v1.0/$metadata#users('x')/messages('{item}')/{fragment}"
        body = json.dumps({"id": item, "event@odata.context": context, "event": {"subject": "Lunch"}}).encode()
        return (Exchange(Request("GET", f"https://g/v1.0/me/messages/{item}"), Response(200, "OK", (), body)),)

    assert compare(answer("AAMk1111"), answer("AAMk2222")) == ()
    told = compare(answer("AAMk1111"), answer("AAMk2222", "calendars"))
    assert [each.path for each in told] == ["response$['event@odata.context']"]
    mixed = Exchange(answer("AAMk2222")[0].request, answer("AAMk3333")[0].response)
    assert compare(answer("AAMk1111"), (mixed,))


def test_urls_differ_in_what_they_ask_and_not_in_ids_or_origin():
    def get(url):
        return (Exchange(Request("GET", url), Response(200)),)

    base = get("https://a/v1.0/me/events/AAMk1111?$select=subject&$top=5")
    assert compare(base, get("http://b:99/v1.0/me/events('AAMk2222')?$top=5&%24select=subject")) == ()
    assert [each.path for each in compare(base, get("https://a/v1.0/me/events/AAMk1111?$select=start&$top=5"))] == [
        "request.url.query.$select"
    ]
    assert compare(base, get("https://a/v1.0/users/x@y/events/AAMk1111?$select=subject&$top=5"))


FIRST = {"token": "mp1111", "date": "2026-03-02", "now": "2026-02-20T08:00:00Z"}
SECOND = {"token": "mp2222", "date": "2026-05-28", "now": "2026-05-20T09:30:00Z"}


def drawn(variables, day, subject="Lunch", hour=10):
    start = f"{day}T{hour}:00:00Z"
    return found(
        item(f"{variables['token']} {subject}", Start=start), item(f"{variables['token']} Dinner", Start=start)
    )


def test_recordings_with_other_draws_are_compared_by_the_draws():
    first, second = drawn(FIRST, "2026-03-03"), drawn(SECOND, "2026-05-29")
    assert compare(first, second)
    assert compare(first, second, (FIRST, SECOND)) == ()
    assert compare(second, first, (SECOND, FIRST)) == ()
    assert compare(first, first, (FIRST, FIRST)) == ()


def test_what_differs_beyond_the_draws_is_still_told():
    first = drawn(FIRST, "2026-03-03")
    another_day = compare(first, drawn(SECOND, "2026-05-30"), (FIRST, SECOND))
    assert {(each.left, each.right) for each in another_day} == {("{date+1}T10:00:00Z", "{date+2}T10:00:00Z")}
    another_hour = compare(first, drawn(SECOND, "2026-05-29", hour=11), (FIRST, SECOND))
    assert len(another_hour) == 2
    (told,) = compare(first, drawn(SECOND, "2026-05-29", subject="Lynch"), (FIRST, SECOND))
    assert told.words == (
        'meeting "{token} Lunch": the subject is "{token} Lunch" on the left, "{token} Lynch" on the right'
    )


def version(number, key):
    return item(number, number).replace(f"CK{number}AAAA", key)


def test_versions_are_counted_by_item():
    left = found(version(1, "V7"), version(2, "V7")) + found(version(1, "V8"), version(2, "V7"))
    right = found(version(1, "W1"), version(2, "W9")) + found(version(1, "W2"), version(2, "W9"))
    assert compare(left, right) == ()
    assert compare(right, left) == ()
    unchanged = found(version(1, "W1"), version(2, "W9")) + found(version(1, "W1"), version(2, "W9"))
    (told, again) = compare(left, unchanged)
    assert (told.left, told.right) == ("V7", "W1")
    assert (again.left, again.right) == ("V8", "W1")
    assert again.path.endswith("/t:CalendarItem[1]/t:ItemId/@ChangeKey")


def test_of_entries_alike_the_changed_one_is_told():
    alike = [item("Lunch", n, Location="x") for n in range(4)]
    for place in range(4):
        changed = [*alike]
        changed[place] = changed[place].replace("Lunch", "Dinner")
        (told,) = compare(found(*alike), found(*changed))
        assert told.path.endswith(f"/t:CalendarItem[{place + 1}]/t:Subject")


def test_one_id_in_the_two_alphabets_of_base64_is_one_id():
    def both(ews, graph):
        body = json.dumps({"id": graph, "subject": "Lunch"}).encode()
        asked = Exchange(Request("GET", "https://a.example/v1.0/me/events/1"), Response(200, "OK", (), body))
        return (*found(item("Lunch").replace("ID0AAAA", ews)), asked)

    left = both("AAMkAGI2/x+1AAAAAAAA=", "AAMkAGI2-x_1AAAAAAAA=")
    right = both("AAMkAGI2yyyyAAAAAAAA=", "AAMkAGI2yyyyAAAAAAAA=")
    assert compare(left, right) == compare(right, left) == ()
    assert compare(left, both("AAMkAGI2yyyyAAAAAAAA=", "AAMkAGI2yyyzAAAAAAAA="))


def test_attributes_have_no_order_even_beside_children_of_one_name():
    def expanded(*attributes):
        people = "".join(f"<t:Mailbox><t:EmailAddress>{who}@x</t:EmailAddress></t:Mailbox>" for who in "ab")
        return (ews_answer(f"<m:DLExpansion {' '.join(attributes)}>{people}</m:DLExpansion>", "ExpandDL"),)

    one, other = 'TotalItemsInView="2"', 'IncludesLastItemInRange="true"'
    assert compare(expanded(one, other), expanded(other, one)) == ()
    (told,) = compare(expanded(one, other), expanded(other, 'TotalItemsInView="3"'))
    assert (told.left, told.right) == ("2", "3")


def test_entity_tags_in_headers_are_versions_of_what_the_answer_holds():
    def event(number, tag):
        body = json.dumps({"id": f"AAMk{number}AAAAAAAAAAAA", "@odata.etag": f'W/"{tag}"'}).encode()
        answer = Response(200, "OK", (("ETag", f'W/"{tag}"'),), body)
        return Exchange(Request("GET", f"https://a.example/v1.0/me/events/AAMk{number}AAAAAAAAAAAA"), answer)

    left = event(1, "CQAAAAAAAAAAAAAB"), event(2, "CQAAAAAAAAAAAAAB")
    right = event(3, "CQAAAAAAAAAAAAAX"), event(4, "CQAAAAAAAAAAAAAY")
    assert compare(left, right) == compare(right, left) == ()
    untrue = replace(right[0], response=replace(right[0].response, headers=(("ETag", 'W/"CQAAAAAAAAAAAAAZ"'),)))
    assert compare(left, (untrue, right[1])), "a header that tells of another version than the body"


def test_links_may_differ_in_ids_that_look_like_words_where_things_have_them():
    def place(identity, linked):
        body = json.dumps(
            {"id": identity, "link@odata.context": f"https://a.example/v1.0/$metadata#places('{linked}')"}
        )
        return (Exchange(Request("GET", "https://a.example/v1.0/places"), Response(200, "OK", (), body.encode())),)

    assert compare(place("hall@x", "hall@x"), place("room@x", "room@x")) == ()
    assert compare(place("hall@x", "hall@x"), place("room@x", "other@x"))
