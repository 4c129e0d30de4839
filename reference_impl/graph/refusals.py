"""What the Graph adapter itself refuses, before or beside the domain; the codes are in the one table of ``errors``."""

from __future__ import annotations

from typing import ClassVar


class Refusal(Exception):
    """A request that is not carried out: nothing has changed in any mailbox."""

    sentence: ClassVar[str] = "The request was refused."

    def __init__(self, **data: object) -> None:
        self.data = data
        super().__init__(self.sentence.format(**data) if data else self.sentence)


class Unauthenticated(Refusal):
    """No token, or none that is good here."""

    sentence = "An access token for this service is needed; the one sent is absent, expired or not for this service."


class ScopeMissing(Refusal):
    """The token does not carry the permission."""

    sentence = "The token lacks a permission for this request; one of these is needed: {needed}."


class DirectoryForbidden(Refusal):
    """The token does not carry a permission for somebody's entry in the directory."""

    sentence = "Insufficient privileges; one of these permissions is needed: {needed}."


class NotForApplications(Refusal):
    """An operation that needs somebody who is signed in."""

    sentence = "This request is not offered to applications; it needs a signed-in user."


class MailboxForbidden(Refusal):
    """A delegated token reaches for somebody else's mailbox."""

    sentence = "The caller has no access to the mailbox of {user}."


class MeNeedsUser(Refusal):
    """An application token has no signed-in user."""

    sentence = "/me needs a signed-in user; an application addresses /users/{id}."


class UserUnknown(Refusal):
    """A mailbox path names nobody of the directory."""

    sentence = "The requested user {user!r} is not known."


class DirectoryObjectUnknown(Refusal):
    """A directory path names nobody."""

    sentence = "The resource {user!r} does not exist."


class MailboxMissing(Refusal):
    """A directory object without a mailbox, such as a distribution list."""

    sentence = "{user!r} has no mailbox that can be reached here."


class SegmentUnknown(Refusal):
    """A path that leads to nothing."""

    sentence = "Resource not found for the segment {segment!r}."


class MethodNotAllowed(Refusal):
    """The resource exists and does not take this method."""

    sentence = "{method} is not offered here; offered: {offered}."


class NotAcceptable(Refusal):
    """The answer has another media type."""

    sentence = "The answer is {produced}; the request accepts {accept!r}."


class Throttled(Refusal):
    """More requests than the service takes just now."""

    sentence = "Too many requests; the next one is answered in {seconds} seconds."


class TooManyAtOnce(Throttled):
    """More requests at once than a mailbox takes."""

    sentence = "Too many requests to this mailbox are being answered; try again in {seconds} seconds."


class ContentTypeMissing(Refusal):
    """A body without its media type."""

    sentence = "A request with a body needs a Content-Type header."


class MediaTypeUnsupported(Refusal):
    """A body that is not declared as JSON."""

    sentence = "A body of type application/json was expected, got {got!r}."


class EncodingUnsupported(Refusal):
    """A body that is packed; clients that pack theirs send it plain after this answer."""

    sentence = "A body without Content-Encoding was expected, got one in {coding}."


class BodyMissing(Refusal):
    """A body is needed and none was sent."""

    sentence = "A JSON body was expected, got none."


class BodyNotJson(Refusal):
    """A body that cannot be parsed."""

    sentence = "The body cannot be parsed as JSON: {reason}"


class BodyInvalid(Refusal):
    """A body whose members or literals are not those of the declared type."""

    sentence = "{reason}"


class BatchInvalid(Refusal):
    """A batch that cannot be understood, of which nothing is carried out."""

    sentence = "Invalid batch: {reason}"


class PropertyInvalid(Refusal):
    """A well-formed property that cannot be saved."""

    sentence = "{reason}"


class AttachmentTooSmall(Refusal):
    """An upload of a file that can be sent at once."""

    sentence = "A file of {size} bytes is sent at once; only those of {limit} bytes and more are uploaded in pieces."


class RangeTooLong(Refusal):
    """A piece of an upload that is too large for one request."""

    sentence = "A piece of an upload may have {limit} bytes at most; this one has {size}."


class ParameterInvalid(Refusal):
    """A parameter with a value that cannot be used."""

    sentence = "{reason}"


class ArgumentInvalid(Refusal):
    """A setting that cannot be had."""

    sentence = "{reason}"


class ZoneInvalid(Refusal):
    """A time zone that a mailbox cannot be set to."""

    sentence = "The time zone {name!r} is not known, or its rules make no sense."


class IdMalformed(Refusal):
    """An id that no server of this kind has handed out."""

    sentence = "Id {id!r} is malformed."


class WrongKind(Refusal):
    """An id of one kind where another kind is expected."""

    sentence = "The id names no {expected}."


class OptionInvalid(Refusal):
    """A query option that is unknown, repeated, not offered here or not understood."""

    sentence = "{reason}"


class FilterUnsupported(Refusal):
    """A filter that is well formed and cannot be evaluated."""

    sentence = "The $filter cannot be evaluated: {reason}"


class FilterInefficient(Refusal):
    """A sort order that does not lead the filter."""

    sentence = "The restriction or sort order is too complex: the properties of $orderby must come first in $filter."


class WindowTooWide(Refusal):
    """A calendar view wider than five years."""

    sentence = "The window is {days} days wide; {limit} days are allowed."


class NotAnswerable(Refusal):
    """A reply to what has not been sent."""

    sentence = "The message is a draft: it can be sent, but neither answered nor forwarded."


class HeaderInvalid(Refusal):
    """A custom header that a message does not take."""

    sentence = "internetMessageHeaders: {reason}"


class MimeNotBase64(Refusal):
    """A message in MIME format that does not come in base64."""

    sentence = "A body of type text/plain is a message in MIME format, in base64; this one is no base64."


class MimeUnreadable(Refusal):
    """What is no message in MIME format, or none that can be made."""

    sentence = "The body is no message in MIME format that can be made: {reason}."


class ResourceUnwatchable(Refusal):
    """A subscription to something that nobody is told of."""

    sentence = "The resource {resource!r} cannot be subscribed to; events and messages of a mailbox or a folder can."


class SubscriptionInvalid(Refusal):
    """A subscription whose terms cannot be met."""

    sentence = "{reason}"


class ListenerUnproven(Refusal):
    """A listener that did not show that it wants to be notified."""

    sentence = (
        "Subscription validation request failed: {url} must answer 200 and the token, as text/plain, in 10 seconds."
    )


class SubscriptionExists(Refusal):
    """A second subscription to the same changes of the same resource."""

    sentence = "There is a subscription with the same changeType and resource: {id}."


class ScheduleWindowMissing(Refusal):
    """getSchedule without a start or an end."""

    sentence = "startTime and endTime are both needed."
