"""How templates run: a store's own in a sandbox, the shipped ones as quick as may be.

Both put out the same: what differs is how much is asked of the code that Jinja makes of them.
"""

from __future__ import annotations

import html
from collections.abc import Callable, MutableMapping
from typing import Any

import markupsafe
from jinja2 import Environment, nodes
from jinja2.compiler import CodeGenerator, Frame, MacroRef
from jinja2.runtime import Macro
from jinja2.sandbox import SandboxedEnvironment
from jinja2.utils import missing
from markupsafe import Markup


class _Code(CodeGenerator):
    """Python code in which what is put out is escaped to plain text: that it is safe need not be said, since
    it only joins the page. It takes a third of the time that ``markupsafe.escape`` does."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile:
            self.write(f"environment.escaped({finalize.src or ''}")
        else:
            super()._output_child_pre(node, frame, finalize)


class _DirectCode(_Code):
    """Python code that calls what a template calls, as Python does: macros, “loop” and “super”, of which none
    wants to know the context. By way of Jinja's own calls a macro takes three times as long."""

    def visit_Call(  # noqa: N802  # the name that Jinja calls it by
        self, node: nodes.Call, frame: Frame, forward_caller: bool = False
    ) -> None:
        if forward_caller or node.kwargs or node.dyn_args or node.dyn_kwargs:
            super().visit_Call(node, frame, forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for argument in node.args:
            self.visit(argument, frame)
            self.write(", ")
        self.write(")")

    def macro_def(self, macro_ref: MacroRef, frame: Frame) -> None:
        self.write("environment.direct(")
        super().macro_def(macro_ref, frame)
        self.write(")")


def _direct(macro: Macro) -> Callable[..., Any]:
    """A macro as a function that takes its arguments in their order."""
    if macro.caller or macro.catch_kwargs or macro.catch_varargs:
        return macro
    function, absent = macro._func, (missing,) * len(macro.arguments)

    def called(*given: Any, **named: Any) -> Any:
        if named:
            return macro(*given, **named)
        return Markup(function(*given, *absent[len(given) :]))  # noqa: S704  # macros escape what they put out

    return called


def _escaped(value: Any) -> str:
    kind = type(value)
    if kind is str:
        plain = not ("&" in value or "<" in value or ">" in value or '"' in value or "'" in value)
        return value if plain else html.escape(value)
    return value if kind is Markup else markupsafe.escape(value)


class _Plain(Environment):
    """What both environments have in common."""

    code_generator_class = _Code
    escaped = staticmethod(_escaped)

    def make_globals(self, own: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """One dictionary rather than a chain of two, which every page would walk; nothing is added later."""
        return {**self.globals, **(own or {})}


class Own(_Plain, SandboxedEnvironment):
    """For a store's own templates."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        return self._key(obj, attribute) if isinstance(obj, dict) else super().getattr(obj, attribute)

    def _key(self, record: dict[str, Any], key: str) -> Any:
        try:
            return record[key]  # “record.items” is the key before it is the method
        except KeyError:
            return self.undefined(obj=record, name=key)


class Shipped(_Plain):
    """For the shipped templates alone: they are this program's code, and a sandbox costs a fifth more."""

    code_generator_class = _DirectCode
    direct = staticmethod(_direct)

    def getattr(self, obj: Any, attribute: str) -> Any:
        try:
            return obj[attribute] if isinstance(obj, dict) else getattr(obj, attribute)
        except (KeyError, AttributeError):
            return self.undefined(obj=obj, name=attribute)
