"""How forms become HTML: Django's field groups, with what our template pack needs beside them.

The pack itself is `templates/forms/`; crispy-forms and `field.as_field_group` both use its `field.html`.
"""

from collections.abc import Mapping
from typing import Any

from django.forms import BoundField, CharField, CheckboxInput, RadioSelect, Textarea
from django.forms.renderers import TemplatesSetting
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString


class ParagraphField(CharField):
    """Text with line breaks. A line break counts once, though browsers send two characters."""

    widget = Textarea

    def to_python(self, value: Any) -> str:
        """Return the text with one kind of line break, so that it compares equal to what is stored."""
        text = super().to_python(value) or ""
        return text.replace("\r\n", "\n").replace("\r", "\n")


class LinesField(ParagraphField):
    """One thing a line. Empty lines fall out, and so does what stands there already."""

    def to_python(self, value: Any) -> str:
        """Return the lines without space around them, each once, whatever its capitals."""
        lines = [" ".join(line.split()) for line in super().to_python(value).splitlines()]
        once: dict[str, str] = {}
        for line in filter(None, lines):
            once.setdefault(line.casefold(), line)
        return "\n".join(once.values())


class AccessibleBoundField(BoundField):
    """A bound field that knows which markup it needs and where its error link goes."""

    @property
    def is_checkbox(self) -> bool:
        """One box to tick, with its label beside it."""
        return isinstance(self.field.widget, CheckboxInput)

    @property
    def is_choice_group(self) -> bool:
        """Radio buttons or several checkboxes (a subclass of radio buttons in Django)."""
        return isinstance(self.field.widget, RadioSelect)

    @property
    def legend(self) -> str:
        """The heading above a single checkbox, from the form's `legends`; "" if it has none."""
        legends: dict[str, str] = getattr(self.form, "legends", {})
        return legends.get(self.name, "")

    @property
    def control(self) -> SafeString:
        """The widget with the class that the stylesheet knows; its own classes stay."""
        if self.is_checkbox:
            return self.as_widget()
        own_class = self.field.widget.attrs.get("class", "")
        return self.as_widget(attrs={"class": f"input {own_class}".strip()})

    @property
    def focus_id(self) -> str:
        """Id of the element an error links to: the control, or the first one of a group.

        "" for a hidden field, which nobody can go to.
        """
        if self.is_hidden:
            return ""
        if self.is_choice_group:
            return (self.subwidgets[0].id_for_label or "") if self.subwidgets else ""
        return self.id_for_label

    def value(self) -> Any:
        """The value to show again; without NUL, which no HTML page may contain."""
        value = super().value()
        return value.replace("\x00", "") if isinstance(value, str) else value


class FormRenderer(TemplatesSetting):
    """Forms draw their fields with the template pack; the admin has its own templates."""

    bound_field_class = AccessibleBoundField
    field_template_name = "forms/field.html"


def html_attributes(attrs: Mapping[str, object]) -> SafeString:
    """Return attributes as the widgets of Django have them: True is a bare name, False nothing.

    Built here because a form has some forty of them, and a template takes ten times as long.
    """
    drawn = (
        f" {name}" if value is True else f' {name}="{conditional_escape(str(value))}"'
        for name, value in attrs.items()
        if value is not False
    )
    return SafeString("".join(drawn))
