"""A model written as XML (OData CSDL XML Representation 4.01)."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from reference_impl.graph.metadata.model import Model, Operation
from reference_impl.graph.metadata.types import ABSTRACT, ENTITY, KEY, NAMESPACE, Property, Structure

EDMX = "http://docs.oasis-open.org/odata/ns/edmx"
EDM = "http://docs.oasis-open.org/odata/ns/edm"


def written(model: Model) -> bytes:
    """The document."""
    register_namespace("edmx", EDMX)
    register_namespace("", EDM)
    document = Element(f"{{{EDMX}}}Edmx", Version="4.01")
    services = SubElement(document, f"{{{EDMX}}}DataServices")
    schema = _under(services, "Schema", Namespace=NAMESPACE, Alias="graph")
    for name, words in sorted(model.types.enumerations.items()):
        enumeration = _under(schema, "EnumType", Name=name)
        for value, word in enumerate(words):
            _under(enumeration, "Member", Name=word, Value=str(value))
    for structure in sorted(model.types.structures.values(), key=lambda each: (not each.is_entity, each.name)):
        _structure(schema, structure)
    for operation in sorted(model.operations, key=lambda each: (each.name, each.bound_to, len(each.parameters))):
        _operation(schema, operation)
    container = _under(schema, "EntityContainer", Name="GraphService")
    for name, kind in sorted(model.roots.items()):
        if kind.startswith("Collection("):
            _under(container, "EntitySet", Name=name, EntityType=kind[len("Collection(") : -1])
        else:
            _under(container, "Singleton", Name=name, Type=kind)
    indent(document)
    text: bytes = tostring(document, encoding="utf-8", xml_declaration=True)
    return text


def _under(parent: Element, name: str, **attributes: str) -> Element:
    return SubElement(parent, f"{{{EDM}}}{name}", attributes)


def _structure(schema: Element, structure: Structure) -> None:
    attributes = {"Name": structure.name}
    if structure.base:
        attributes["BaseType"] = f"{NAMESPACE}.{structure.base}"
    if structure.name in ABSTRACT:
        attributes["Abstract"] = "true"
    if structure.is_open:
        attributes["OpenType"] = "true"
    made = _under(schema, "EntityType" if structure.is_entity else "ComplexType", **attributes)
    if structure.name == ENTITY:
        _under(_under(made, "Key"), "PropertyRef", Name=KEY)
    for each in structure.properties.values():
        _under(made, "Property", Name=each.name, **_typed(each))
    for each in structure.navigations.values():
        _under(made, "NavigationProperty", Name=each.name, ContainsTarget="true", **_typed(each))


def _operation(schema: Element, operation: Operation) -> None:
    made = _under(schema, "Action" if operation.is_action else "Function", Name=operation.name, IsBound="true")
    _under(made, "Parameter", Name="bindingParameter", Type=operation.bound_to)
    for each in operation.parameters:
        _under(made, "Parameter", Name=each.name, **_typed(each))
    if operation.returns:
        _under(made, "ReturnType", Type=operation.returns)


def _typed(member: Property) -> dict[str, str]:
    """The attributes of a type; a collection itself is never null (CSDL 4.01, 7.2.1)."""
    if member.type.startswith("Collection("):
        return {"Type": member.type}
    return {"Type": member.type, "Nullable": str(member.is_nullable).lower()}
