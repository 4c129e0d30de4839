"""What can stand in a FindItem, and its answers taken apart."""

from dataclasses import dataclass

from reference_impl.ews.namespaces import local, m, t


def page(offset=0, limit=None, point="Beginning"):
    return f'<m:IndexedPageItemView{_most(limit)} Offset="{offset}" BasePoint="{point}"/>'


def fraction(numerator, denominator, limit=None):
    return f'<m:FractionalPageItemView{_most(limit)} Numerator="{numerator}" Denominator="{denominator}"/>'


def seek(condition, limit=None, point="Beginning"):
    return (
        f'<m:SeekToConditionPageItemView{_most(limit)} BasePoint="{point}"><t:Condition>{condition}</t:Condition>'
        "</m:SeekToConditionPageItemView>"
    )


def window(start, end, limit=None):
    return f'<m:CalendarView{_most(limit)} StartDate="{start}" EndDate="{end}"/>'


def _most(limit):
    return "" if limit is None else f' MaxEntriesReturned="{limit}"'


def search(expression):
    return f"<m:Restriction>{expression}</m:Restriction>"


def path(uri):
    return uri if uri.startswith("<") else f'<t:FieldURI FieldURI="{uri}"/>'


def compare(kind, uri, value):
    """A comparison with a constant, or with a property that is given as a path."""
    operand = value if value.startswith("<t:") else f'<t:Constant Value="{value}"/>'
    return f"<t:{kind}>{path(uri)}<t:FieldURIOrConstant>{operand}</t:FieldURIOrConstant></t:{kind}>"


def contains(uri, value, mode="Substring", comparison="Exact"):
    return (
        f'<t:Contains ContainmentMode="{mode}" ContainmentComparison="{comparison}">{path(uri)}'
        f'<t:Constant Value="{value}"/></t:Contains>'
    )


def excludes(uri, mask):
    return f'<t:Excludes>{path(uri)}<t:Bitmask Value="{mask}"/></t:Excludes>'


def exists(uri):
    return f"<t:Exists>{path(uri)}</t:Exists>"


def order(*fields):
    """A SortOrder by (uri, whether it descends)."""
    inner = "".join(
        f'<t:FieldOrder Order="{"Descending" if descending else "Ascending"}">{path(uri)}</t:FieldOrder>'
        for uri, descending in fields
    )
    return f"<m:SortOrder>{inner}</m:SortOrder>"


def group(by, on, *, greatest=True, descending=False):
    return (
        f'<m:GroupBy Order="{"Descending" if descending else "Ascending"}">{path(by)}'
        f'<t:AggregateOn Aggregate="{"Maximum" if greatest else "Minimum"}">{path(on)}</t:AggregateOn></m:GroupBy>'
    )


def query(text, attributes=""):
    return f"<m:QueryString{attributes}>{text}</m:QueryString>"


@dataclass
class Found:
    """One answer about one folder."""

    answer: object

    @property
    def code(self):
        return self.answer.code

    @property
    def root(self):
        (root,) = self.answer.root.iter(m("RootFolder"))
        return root

    @property
    def items(self):
        assert self.code == "NoError", self.answer.body.decode()
        return [item for items in self.root.iter(t("Items")) for item in items]

    @property
    def ids(self):
        return [item.find(t("ItemId")).get("Id") for item in self.items]

    @property
    def subjects(self):
        return [item.findtext(t("Subject")) for item in self.items]

    @property
    def groups(self):
        """(GroupIndex, the subjects) of every group."""
        return [
            (group.findtext(t("GroupIndex")), [item.findtext(t("Subject")) for item in group.find(t("Items"))])
            for group in self.root.iter(t("GroupedItems"))
        ]

    @property
    def highlights(self):
        return [
            (term.findtext(t("Scope")), term.findtext(t("Value")))
            for terms in self.answer.root.iter(m("HighlightTerms"))
            for term in terms
        ]

    def __getattr__(self, name):
        """An attribute of the RootFolder, by its name on the wire."""
        text = self.root.get(name)
        return {"true": True, "false": False}.get(text, text) if text is None or not text.isdigit() else int(text)


def find(speaker, folder="calendar", *, view="", groups="", where="", sort="", query="", **how):
    """Ask for items; the parts are put in the order of the schema."""
    traversal, shape = how.get("traversal", "Shallow"), how.get("shape", "IdOnly")
    named = "".join(path(uri) for uri in how.get("paths", ("item:Subject",)))
    additional = f"<t:AdditionalProperties>{named}</t:AdditionalProperties>" if named else ""
    parents = folder if folder.startswith("<") else f'<t:DistinguishedFolderId Id="{folder}"/>'
    return Found(
        speaker(
            f'<m:FindItem Traversal="{traversal}"><m:ItemShape><t:BaseShape>{shape}</t:BaseShape>{how.get("mime", "")}'
            f"{additional}</m:ItemShape>{view}{groups}{where}{sort}"
            f"<m:ParentFolderIds>{parents}</m:ParentFolderIds>{query}</m:FindItem>"
        )
    )


def names(element):
    return [local(child.tag) for child in element]
