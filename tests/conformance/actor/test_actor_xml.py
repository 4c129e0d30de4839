"""XML written as text and read by short paths."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from conformance.actor.xml import NAMESPACES, Markup, Node, element, m, parse, several, t

XML_TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=40)


def read(markup):
    names = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
    return Node(etree.fromstring(f"<root{names}>{markup}</root>"))


@given(XML_TEXT)
def test_text_and_attributes_come_back_as_they_were_given(text):
    node = read(t("Subject", text, Id=text))
    assert node.text("t:Subject") == text
    assert node.text("t:Subject/@Id") == text


def test_markup_is_kept_and_text_is_escaped():
    assert t("Body", t("b"), "<b/>") == "<t:Body><t:b/>&lt;b/&gt;</t:Body>"
    assert several(t("a"), m("b")) == "<t:a/><m:b/>"
    assert isinstance(several(t("a")), Markup)


def test_attributes_that_are_none_are_left_out():
    assert element("m:CreateItem", MessageDisposition=None, SendMeetingInvitations="SendToNone") == (
        '<m:CreateItem SendMeetingInvitations="SendToNone"/>'
    )


def test_paths_lead_to_elements_texts_and_attributes():
    node = read(t("Item", t("ItemId", Id="1"), t("To", t("Name", "a")), t("To", t("Name", "b"))))
    assert node.text("t:Item/t:ItemId/@Id") == "1"
    assert node.texts("t:Item/t:To/t:Name") == ("a", "b")
    assert node.names("t:Item") == ("ItemId", "To", "To")
    assert node.names("t:Nothing") == ()
    assert node.text("t:Item/t:Nothing") is None
    assert node.text("t:Item/t:ItemId/@ChangeKey") is None
    assert node.text("t:Nothing/@Id") is None
    assert node.one("m:Item") is None
    assert [one.name for one in node] == ["t:Item"]
    assert len(node.anywhere("t:Name")) == 2


def test_an_attribute_of_the_element_itself_is_read():
    assert read(t("Item", Key="k")).one("t:Item").text("@Key") == "k"


def test_comments_are_no_children():
    assert read(Markup("<!-- c --><t:a/>")).names() == ("a",)


@pytest.mark.parametrize(
    "body",
    [b"", b"no XML", b"<a>", b'<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>'],
)
def test_what_is_no_document_of_ours_is_not_read(body):
    assert parse(body) is None
