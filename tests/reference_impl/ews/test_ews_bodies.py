"""Bodies in every form that an ItemShape can ask for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from reference_impl.domain.items import Body, BodyType
from reference_impl.ews import bodies
from reference_impl.ews.namespaces import t
from reference_impl.mime.bodies import parsed
from reference_impl.mime.markup import changed, without_unsafe

HTML = (
    '<html><head><meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1"></head><body>'
    '<p onclick="steal()">Ham &amp; eggs <a href="http://x/">here</a> <a href=" java&#10;script:steal()">there</a></p>'
    '<script>steal()</script><iframe src="http://x/"></iframe>'
    '<img src="http://x/spy.png"><img src="cid:logo@x"><img src="data:image/png;base64,AA=="></body></html>'
)


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;")


@pytest.fixture
def item(organizer):
    """A function that makes a calendar item with a body."""

    def make(content, kind="HTML"):
        body = f'<t:Body BodyType="{kind}">{escaped(content)}</t:Body>'
        (item_id,) = organizer.create(sending="SendToNone", before=body).ids("CalendarItem")
        return item_id

    return make


def shown(speaker, item_id, inner, *, name="Body", paths=()):
    answer = speaker.get(item_id, shape="AllProperties", body_type=inner, paths=paths)
    return answer.one(name)


@pytest.mark.requirement("EWS-MTG-235")
@pytest.mark.parametrize(
    ("written", "asked", "type_", "content"),
    [
        ("Text", "Text", "Text", "1 < 2"),
        ("Text", "HTML", "HTML", '<html><body><div class="PlainText">1 &lt; 2</div></body></html>'),
        ("Text", "Best", "Text", "1 < 2"),
        ("HTML", "Text", "Text", "Ham & eggs\r\nnow"),
        ("HTML", "HTML", "HTML", "<p>Ham &amp; eggs</p><p>now</p>"),
    ],
)
def test_a_body_comes_in_the_type_asked_for(organizer, item, written, asked, type_, content):
    item_id = item("1 < 2" if written == "Text" else "<p>Ham &amp; eggs</p><p>now</p>", written)
    body = shown(organizer, item_id, f"<t:BodyType>{asked}</t:BodyType>")
    assert (body.get("BodyType"), body.text) == (type_, content)


def test_html_comes_as_it_was_written_unless_asked_otherwise(organizer, item):
    body = shown(organizer, item(HTML), "")
    assert (body.text, body.get("IsTruncated")) == (HTML, "false")
    older = shown(organizer.at("Exchange2010_SP2"), item(HTML), "")
    assert "IsTruncated" not in older.attrib


def test_unsafe_parts_are_filtered_out(organizer, item):
    body = shown(organizer, item(HTML), "<t:FilterHtmlContent>true</t:FilterHtmlContent>").text
    for unsafe in ("script", "onclick", "iframe", "steal"):
        assert unsafe not in body
    assert "Ham &amp; eggs" in body
    assert "data:image/png" in body
    assert shown(organizer, item(HTML), "<t:FilterHtmlContent>false</t:FilterHtmlContent>").text == HTML


def test_external_images_are_blocked_and_told(organizer, item):
    item_id = item(HTML)
    paths = ("item:BlockStatus", "item:HasBlockedImages")
    answer = organizer.get(item_id, body_type="<t:BlockExternalImages>true</t:BlockExternalImages>", paths=paths)
    images = lxml_html.fromstring(answer.text("Body")).findall(".//img")
    assert [image.get("src") for image in images] == [None, "cid:logo@x", "data:image/png;base64,AA=="]
    assert (answer.text("BlockStatus"), answer.text("HasBlockedImages")) == ("true", "true")
    open_ = organizer.get(item_id, paths=paths)
    assert (open_.text("Body"), open_.text("BlockStatus"), open_.text("HasBlockedImages")) == (HTML, "false", "false")
    assert not organizer.get(item_id).all("BlockStatus")


def test_links_images_and_charsets_are_written_as_asked(organizer, item):
    asked = (
        "<t:ConvertHtmlCodePageToUTF8>true</t:ConvertHtmlCodePageToUTF8>"
        "<t:InlineImageUrlTemplate>/image?id={id}</t:InlineImageUrlTemplate>"
        "<t:AddBlankTargetToLinks>true</t:AddBlankTargetToLinks>"
    )
    body = shown(organizer, item(HTML), asked).text
    assert 'src="/image?id=logo@x"' in body
    assert body.count('target="_blank"') == 2
    assert "charset=utf-8" in body


def test_a_body_is_cut_at_the_size_asked_for(organizer, item):
    text = "ä" * 2000
    body = shown(organizer, item(text, "Text"), "<t:MaximumBodySize>1</t:MaximumBodySize>")
    assert (body.get("IsTruncated"), body.text) == ("true", "ä" * 512)
    whole = shown(organizer, item(text, "Text"), "<t:MaximumBodySize>4</t:MaximumBodySize>")
    assert (whole.get("IsTruncated"), whole.text) == ("false", text)
    html = shown(organizer, item("<p>" + "x" * 1019 + "<b>y</b></p>"), "<t:MaximumBodySize>1</t:MaximumBodySize>")
    assert html.text == "<p>" + "x" * 1019


TEXT_REPLY = "Fine with me.\r\n\r\n-----Original Message-----\r\nShall we?"
HTML_REPLY = (
    "<html><body><p>Fine with me.</p><hr><div>-----Original Message-----</div><div>Shall we?</div></body></html>"
)


@pytest.mark.parametrize(
    ("kind", "content", "asked", "unique"),
    [
        ("Text", TEXT_REPLY, "", "Fine with me."),
        ("Text", "Just this.", "", "Just this."),
        ("Text", "Yes.\nOn Monday Ada wrote:\n> Well?", "", "Yes."),
        ("HTML", HTML_REPLY, "", "<p>Fine with me.</p>"),
        ("HTML", HTML_REPLY, "<t:UniqueBodyType>Text</t:UniqueBodyType>", "Fine with me."),
        ("HTML", "<p>One</p><blockquote>Two</blockquote><p>Three</p>", "", "<p>One</p>"),
        ("HTML", "<p>One</p><hr><p>Two</p>", "", "<p>One</p><hr><p>Two</p>"),
    ],
)
def test_the_unique_body_ends_where_an_older_message_is_quoted(organizer, item, kind, content, asked, unique):
    body = shown(organizer, item(content, kind), asked, name="UniqueBody", paths=("item:UniqueBody",))
    assert body.text == unique


def test_a_real_reply_adds_only_its_own_words_to_the_conversation(organizer, attendee, meeting):
    new = '<t:NewBodyContent BodyType="HTML">&lt;p&gt;Who else comes?&lt;/p&gt;</t:NewBodyContent>'
    attendee.answer("ReplyToItem", attendee.only("inbox", "MeetingRequest"), after=new)
    mail = organizer.only("inbox", "Message")
    assert shown(organizer, mail, "", name="UniqueBody", paths=("item:UniqueBody",)).text == "<p>Who else comes?</p>"


@pytest.mark.parametrize(
    ("kind", "content", "asked", "expected"),
    [
        ("HTML", HTML_REPLY, "", ("HTML", "<p>Fine with me.</p><hr>")),
        ("Text", "a < b", "", ("HTML", '<div class="PlainText">a &lt; b</div>')),
        ("HTML", "<p>x</p>", "<t:NormalizedBodyType>Text</t:NormalizedBodyType>", ("Text", "x")),
        ("Text", "x", "<t:NormalizedBodyType>Best</t:NormalizedBodyType>", ("HTML", '<div class="PlainText">x</div>')),
    ],
)
def test_the_normalized_body_is_a_fragment(organizer, item, kind, content, asked, expected):
    body = shown(organizer, item(content, kind), asked, name="NormalizedBody", paths=("item:NormalizedBody",))
    assert body.get("BodyType") == expected[0]
    assert body.text.startswith(expected[1])
    assert "<body" not in body.text


def test_the_text_body_is_text_whatever_type_is_asked_for(organizer, item):
    asked = "<t:BodyType>HTML</t:BodyType>"
    body = shown(organizer, item("<p>x</p>"), asked, name="TextBody", paths=("item:TextBody",))
    assert (body.tag, body.get("BodyType"), body.text) == (t("TextBody"), "Text", "x")


anything = st.text(
    st.one_of(st.sampled_from("<>/=\"'& abpscriptonimg\n-_"), st.characters(exclude_categories=["Cs"])), max_size=60
) | st.lists(
    st.sampled_from(
        ["<p>", "</p>", "<script>", "</script>", "<b", " onload=x", ">", "<hr>", "<blockquote>", "text", "</body>"]
    ),
    max_size=10,
).map("".join)


@given(anything)
def test_any_text_survives_every_form(text):
    for type_ in BodyType:
        body = Body(text, type_)
        for asked in ("Text", "HTML", "Best"):
            shaped = bodies.body_as(body, asked)
            assert asked == "Best" or shaped.type.value == asked.lower()
        bodies.unique_part(body)
        bodies.fragment(body)
        bodies.preview(body)


@given(anything)
def test_filtered_html_has_nothing_unsafe_and_stays_so(text):
    once = changed(text, without_unsafe)
    document = parsed(once)
    if document is not None:
        assert not list(document.iter("script", "iframe", "object"))
        assert not [name for element in document.iter() for name in element.attrib if str(name).startswith("on")]


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Sm", "Po"]), max_size=80), st.integers(0, 1))
def test_text_is_never_cut_within_a_character(text, limit):
    written = bodies.write_body("Body", Body(text * 20), bodies.Rendering(limit=limit), tells_truncation=True)
    content = written.partition(">")[2].rpartition("</")[0]
    assert len(content.encode()) <= limit * 1024
    assert (text * 20).startswith(content)
