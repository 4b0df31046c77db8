"""Foreign keys across apps point down, have no way back and protect what they point to."""

from django.apps import apps
from django.db.models import PROTECT, ForeignKey, Model, OneToOneField

# From the bottom to the top; what stands in one row may not point to its neighbours.
LAYERS = (
    ("audit", "jobs", "idempotency", "row_policies"),
    ("mail",),
    ("accounts",),
    ("sign_in",),
    ("files", "notifications"),
    ("patients",),
    ("records",),
    ("cases", "licences"),
    ("reviews", "sharing", "orders"),
    ("retention", "conduct", "support"),
)
HEIGHT = {app: height for height, row in enumerate(LAYERS) for app in row}


def ours() -> list[type[Model]]:
    return [
        model
        for config in apps.get_app_configs()
        if config.name.startswith("arcada.apps.")
        for model in config.get_models(include_auto_created=True)
    ]


def test_every_app_stands_in_a_layer() -> None:
    labels = {c.label for c in apps.get_app_configs() if c.name.startswith("arcada.apps.")}
    assert labels <= set(HEIGHT)


def test_foreign_keys_point_down_protect_and_have_no_way_back() -> None:
    checked = 0
    for model in ours():
        if model._meta.auto_created:
            continue
        for field in model._meta.get_fields():
            if not isinstance(field, ForeignKey | OneToOneField):
                continue
            where = f"{model._meta.label}.{field.name}"
            target = field.related_model
            assert not isinstance(target, str)
            own, other = model._meta.app_label, target._meta.app_label
            assert other in HEIGHT, f"{where} points out of Arcada"
            assert own == other or HEIGHT[other] < HEIGHT[own], f"{where} points up or sideways"
            assert field.remote_field.on_delete is PROTECT, f"{where} could make something disappear"
            assert field.remote_field.related_name == "+", f"{where} has a way back"
            checked += 1
    assert checked > 30
    print(f"{checked} foreign keys checked")


def test_the_audit_and_the_outbox_point_nowhere() -> None:
    for model in ours():
        if model._meta.app_label in ("audit", "mail", "jobs", "idempotency"):
            assert not any(field.is_relation for field in model._meta.get_fields()), model._meta.label


def test_no_app_listens_to_signals_or_works_in_save() -> None:
    """Convention 11: effects are visible lines of actions."""
    import ast
    from pathlib import Path

    import arcada

    checked = 0
    for path in Path(arcada.__file__).parent.joinpath("apps").rglob("models.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef):
                assert node.name not in ("save", "delete"), (
                    f"{path.name}:{node.lineno} works in {node.name}()"
                )
            if isinstance(node, ast.ImportFrom):
                assert "signals" not in (node.module or ""), f"{path.name}:{node.lineno} listens to signals"
        checked += 1
    print(f"{checked} modules checked")
