"""Uploads of large files: begun with a token, sent piece by piece without one, and hung on the event at the end."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from reference_impl.service.uploads import LASTS, MOST

MEGABYTE = 2**20
SIZE = 3 * MEGABYTE + 17
DATA = bytes(range(256)) * (SIZE // 256 + 1)
DATA = DATA[:SIZE]


def item(size: int = SIZE, **more: Any) -> dict[str, Any]:
    return {"AttachmentItem": {"attachmentType": "file", "name": "film.bin", "size": size, **more}}


@pytest.fixture
def begin(office, invited):
    """A function that begins an upload to the lunch and gives the address of its pieces."""

    def begin(size: int = SIZE, **more: Any) -> str:
        address = f"/v1.0/me/events/{invited[0]}/attachments/createUploadSession"
        answer = office.alex.post(address, item(size, **more))
        assert answer.status == 201, answer.json
        assert answer["nextExpectedRanges"] == ["0-"]
        return answer["uploadUrl"].removeprefix("http://server.test:8080")

    return begin


def piece(caller, address: str, first: int, last: int, *, size: int = SIZE, data: bytes | None = None) -> Any:
    sent = DATA[first : last + 1] if data is None else data
    return caller("PUT", address, sent, content_range=f"bytes {first}-{last}/{size}", content_type="x/y")


@pytest.mark.parametrize("ending", ["createUploadSession", "microsoft.graph.createUploadSession"])
def test_a_large_file_is_sent_in_pieces_and_hangs_on_the_event_then(office, invited, ending):
    event = f"/v1.0/me/events/{invited[0]}"
    begun = office.alex.post(f"{event}/attachments/{ending}", item(contentType="video/x", isInline=False))
    assert (begun.status, begun["expirationDateTime"][:16]) == (201, "2026-01-05T09:00")
    address = begun["uploadUrl"].removeprefix("http://server.test:8080")
    answer = piece(office.nobody, address, 0, MEGABYTE - 1)
    assert (answer.status, answer["nextExpectedRanges"]) == (202, [str(MEGABYTE)])
    assert office.nobody.get(address)["nextExpectedRanges"] == [str(MEGABYTE)]
    assert office.alex.get(event)["hasAttachments"] is False
    assert piece(office.adele, address, MEGABYTE, 2 * MEGABYTE - 1).status == 202
    done = piece(office.nobody, address, 2 * MEGABYTE, SIZE - 1)
    assert (done.status, done.json) == (201, None)
    location = done.headers["location"].removeprefix("http://server.test:8080")
    made = office.alex.get(f"{location}?$select=name,size,contentType")
    assert (made["name"], made["size"], made["contentType"]) == ("film.bin", SIZE, "video/x")
    assert office.alex.get(f"{location}/$value").body == DATA
    assert office.nobody.get(address).code == "ErrorItemNotFound"
    assert piece(office.nobody, address, 0, 5).code == "ErrorItemNotFound"


def test_pieces_may_be_answered_with_200(make_office, lunch):
    office = make_office(upload_pieces_are_accepted=False)
    key = office.alex.post("/v1.0/me/events", lunch)["id"]
    begun = office.alex.post(f"/v1.0/me/events/{key}/attachments/createUploadSession", item())
    address = begun["uploadUrl"].removeprefix("http://server.test:8080")
    assert piece(office.nobody, address, 0, 9).status == 200


BAD: dict[str, tuple[Any, int, str]] = {
    "nothing": (None, 400, "BadRequest"),
    "no item": ({}, 400, "RequestBodyRead"),
    "no name": ({"AttachmentItem": {"attachmentType": "file", "size": SIZE}}, 400, "RequestBodyRead"),
    "no size": ({"AttachmentItem": {"attachmentType": "file", "name": "x"}}, 400, "RequestBodyRead"),
    "a size below nothing": (item(-1), 400, "RequestBodyRead"),
    "an item in place of a file": (item(attachmentType="item"), 400, "RequestBodyRead"),
    "a small file": (item(3 * MEGABYTE - 1), 400, "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize"),
    "too large a file": (item(150 * MEGABYTE + 1), 413, "ErrorAttachmentSizeLimitExceeded"),
}


@pytest.mark.parametrize("name", BAD)
def test_an_upload_that_cannot_be_is_refused(office, invited, name):
    body, status, code = BAD[name]
    answer = office.alex.post(f"/v1.0/me/events/{invited[0]}/attachments/createUploadSession", body)
    assert (answer.status, answer.code) == (status, code)


def test_files_up_to_a_hundred_and_fifty_megabytes_are_taken(begin):
    assert begin(150 * MEGABYTE)
    assert begin(3 * MEGABYTE)


def test_nothing_is_uploaded_to_what_is_not_there_or_is_anothers(office, invited):
    for caller, key in ((office.adele, invited[0]), (office.alex, invited[1])):
        answer = caller.post(f"/v1.0/me/events/{key}/attachments/createUploadSession", item())
        assert (answer.status, answer.code) == (404, "ErrorItemNotFound")
    answer = office.nobody.post(f"/v1.0/me/events/{invited[0]}/attachments/createUploadSession", item())
    assert answer.code == "InvalidAuthenticationToken"


RANGES = {
    "none": "",
    "no bytes": "items 0-9/3145745",
    "an open end": "bytes 0-/3145745",
    "an unknown size": "bytes 0-9/*",
    "another size": "bytes 0-9/10",
    "more than there is": "bytes 0-10/3145745",
    "less than there is": "bytes 0-8/3145745",
    "beyond the end": "bytes 3145740-3145749/3145745",
}


@pytest.mark.parametrize("name", RANGES)
def test_a_piece_says_where_it_belongs(office, begin, name):
    address = begin()
    answer = office.nobody("PUT", address, DATA[:10], content_range=RANGES[name])
    assert (answer.status, answer.code) == (400, "ErrorInvalidParameter")
    assert office.nobody.get(address)["nextExpectedRanges"] == ["0"]


@pytest.mark.parametrize("first", [0, 5, 11, 20])
def test_a_piece_begins_where_the_last_one_ended(office, begin, first):
    address = begin()
    piece(office.nobody, address, 0, 9)
    answer = piece(office.nobody, address, first, first + 9)
    assert (answer.status, answer.code) == (416, "InvalidRange")
    assert office.nobody.get(address)["nextExpectedRanges"] == ["10"]


def test_a_piece_may_have_five_megabytes(office, begin):
    size = 12 * MEGABYTE
    address = begin(size)
    most = 5 * MEGABYTE
    answer = piece(office.nobody, address, 0, most, size=size, data=bytes(most + 1))
    assert (answer.status, answer.code) == (413, "RequestEntityTooLarge")
    assert piece(office.nobody, address, 0, most - 1, size=size, data=bytes(most)).status == 202


def test_an_upload_can_be_given_up(office, begin):
    address = begin()
    assert office.nobody.delete(address).status == 204
    for answer in (office.nobody.get(address), office.nobody.delete(address), piece(office.nobody, address, 0, 9)):
        assert (answer.status, answer.code) == (404, "ErrorItemNotFound")


def test_an_upload_ends_an_hour_after_its_last_piece(office, begin):
    address = begin()
    office.world.clock.set(office.world.clock.now() + LASTS - timedelta(minutes=1))
    assert piece(office.nobody, address, 0, 9).status == 202
    office.world.clock.set(office.world.clock.now() + LASTS - timedelta(minutes=1))
    assert piece(office.nobody, address, 10, 19).status == 202
    office.world.clock.set(office.world.clock.now() + LASTS)
    assert piece(office.nobody, address, 20, 29).code == "ErrorItemNotFound"


def test_the_upload_that_has_waited_longest_gives_way(office, begin):
    addresses = [begin() for _ in range(MOST)]
    piece(office.nobody, addresses[0], 0, 9)
    begin()
    assert office.nobody.get(addresses[1]).code == "ErrorItemNotFound"
    assert office.nobody.get(addresses[0]).status == 200


def test_an_event_that_is_gone_takes_no_file(office, invited, begin):
    address = begin()
    assert piece(office.nobody, address, 0, MEGABYTE - 1).status == 202
    office.alex.delete(f"/v1.0/me/events/{invited[0]}")
    assert piece(office.nobody, address, MEGABYTE, 2 * MEGABYTE).status == 202
    assert piece(office.nobody, address, 2 * MEGABYTE + 1, SIZE - 1).code == "ErrorItemNotFound"


@pytest.mark.parametrize("key", ["x", "AAAA", "x%20y", "%00"])
def test_an_address_of_ones_own_making_leads_to_no_upload(office, key):
    answer = office.nobody("PUT", f"/v1.0/uploadSessions/{key}", b"x", content_range="bytes 0-0/5")
    assert answer.status in {400, 404}
    assert json.dumps(answer.json)
