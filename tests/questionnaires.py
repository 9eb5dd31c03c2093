"""FHIR R4 Questionnaires with responses, written from the FHIR specification, for tests."""

from typing import Any

_BASE = "http://hl7.org/fhir/StructureDefinition/"
_SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"


def item(link_id: str, kind: str, text: str = "", *inner: Any, **more: Any) -> dict[str, Any]:
    """An item of a Questionnaire."""
    made = {"linkId": link_id, "type": kind, **({"text": text} if text else {}), **more}
    return made | ({"item": list(inner)} if inner else {})


def questionnaire(*items: Any, **more: Any) -> dict[str, Any]:
    """A Questionnaire of these items."""
    return {"resourceType": "Questionnaire", "status": "active", "item": list(items), **more}


def when(question: str, operator: str, **answer: Any) -> dict[str, Any]:
    """One condition under which an item is enabled."""
    return {"question": question, "operator": operator, **answer}


def extended(**values: Any) -> dict[str, Any]:
    """Extensions of the core specification, by name: {"minValue": {"valueInteger": 0}}."""
    return {"extension": [{"url": f"{_BASE}{name}", **value} for name, value in values.items()]}


def expressed(name: str, expression: str) -> dict[str, Any]:
    """An extension of Structured Data Capture that holds FHIRPath."""
    value = {"language": "text/fhirpath", "expression": expression}
    return {"extension": [{"url": f"{_SDC}{name}", "valueExpression": value}]}


def coding(code: str, display: str, system: str = "http://example.org/codes") -> dict[str, Any]:
    """A coding."""
    return {"system": system, "code": code, "display": display}


def option(value: dict[str, Any]) -> dict[str, Any]:
    """An answer option that is a coding."""
    return {"valueCoding": value}


FLU, COLD, NONE = coding("flu", "Flu"), coding("cold", "A cold"), coding("none", "None")
RED, GREEN = coding("R", "Red"), coding("G", "Green")
_KG = {"unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"}

HEALTH = questionnaire(
    item("about", "group", "About you",
        item("name", "string", "Name", required=True, maxLength=80, prefix="1."),
        item("born", "date", "Born on"),
        item("smokes", "boolean", "Do you smoke?"),
        item("a-day", "integer", "How many a day?",
             enableWhen=[when("smokes", "=", answerBoolean=True)],
             **extended(minValue={"valueInteger": 1}, maxValue={"valueInteger": 100})),
        item("stop", "group", "Stopping",
            item("wants", "boolean", "Do you want to stop?"),
            item("how", "text", "How did you try?",
                 enableWhen=[when("wants", "=", answerBoolean=True),
                             when("a-day", ">=", answerInteger=10)], enableBehavior="all"),
            item("why-not", "text", "Why not?",
                 enableWhen=[when("wants", "=", answerBoolean=False),
                             when("a-day", "<", answerInteger=3)], enableBehavior="any"),
            enableWhen=[when("smokes", "=", answerBoolean=True)]),
    ),
    item("ills", "group", "Illnesses",
        item("had", "choice", "What have you had?", repeats=True, answerOption=[
            option(FLU), option(COLD),
            {**option(NONE), **extended(**{"questionnaire-optionExclusive": {"valueBoolean": True}})},
        ]),
        item("flu-note", "display", "Have you thought of a vaccination?",
             enableWhen=[when("had", "=", answerCoding=FLU)]),
        item("visits", "group", "Visits to a doctor",
            item("on", "date", "On"),
            item("colour", "open-choice", "What colour was the door?", answerValueSet="#colours"),
            item("paid", "decimal", "What did it cost?"),
            item("drugs", "group", "Drugs",
                item("drug", "string", "Drug", required=True),
                item("dose", "quantity", "Dose",
                     **extended(**{"questionnaire-unit": {"valueCoding": {
                         "system": _KG["system"], "code": "kg", "display": "kg"}}})),
                item("dear", "boolean", "Was that dear?",
                     enableWhen=[when("paid", ">", answerDecimal=100)]),
                repeats=True),
            repeats=True, enableWhen=[when("had", "exists", answerBoolean=True)]),
        item("total", "decimal", "All of it", readOnly=True, **expressed(
            "calculatedExpression",
            "%resource.descendants().where(linkId='paid').answer.value.sum()")),
    ),
    item("others", "string", "Other names", repeats=True),
    item("pain", "boolean", "Any pain?",
        item("where", "string", "Where?", enableWhen=[when("pain", "=", answerBoolean=True)])),
    item("seen", "dateTime", "Seen at"),
    item("rang", "time", "Rang at"),
    item("score", "choice", "Score", answerOption=[{"valueInteger": n} for n in (1, 2, 3)]),
    contained=[{"resourceType": "ValueSet", "id": "colours", "compose": {"include": [
        {"system": "http://example.org/codes",
         "concept": [{"code": "R", "display": "Red"}, {"code": "G", "display": "Green"}]}]}}],
    title="Health questions", name="HealthQuestions", url="http://example.org/Questionnaire/health",
)  # fmt: skip


def _answered(link_id: str, *answers: Any) -> dict[str, Any]:
    return {"linkId": link_id, "answer": list(answers)}


def _grouped(link_id: str, *items: Any) -> dict[str, Any]:
    return {"linkId": link_id, "item": list(items)}


HEALTH_RESPONSE = {
    "resourceType": "QuestionnaireResponse",
    "status": "completed",
    "questionnaire": "http://example.org/Questionnaire/health",
    "item": [
        _grouped("about",
            _answered("name", {"valueString": "Ann Example"}),
            _answered("born", {"valueDate": "1970-02-28"}),
            _answered("smokes", {"valueBoolean": True}),
            _answered("a-day", {"valueInteger": 12}),
            _grouped("stop", _answered("wants", {"valueBoolean": True}),
                     _answered("how", {"valueString": "With gum\nand will"}))),
        _grouped("ills",
            _answered("had", {"valueCoding": FLU}, {"valueCoding": COLD}),
            _grouped("visits",
                _answered("on", {"valueDate": "2026-01-05"}),
                _answered("colour", {"valueCoding": RED}),
                _answered("paid", {"valueDecimal": 120.5}),
                _grouped("drugs", _answered("drug", {"valueString": "Aspirin"}),
                         _answered("dose", {"valueQuantity": {"value": 0.5, **_KG}}),
                         _answered("dear", {"valueBoolean": False})),
                _grouped("drugs", _answered("drug", {"valueString": "Tea"}))),
            _grouped("visits",
                _answered("colour", {"valueString": "Blue"}),
                _answered("paid", {"valueDecimal": 3}))),
        _answered("others", {"valueString": "Anna"}, {"valueString": "Annie"}),
        _answered("pain", {"valueBoolean": True,
                           "item": [_answered("where", {"valueString": "Knee"})]}),
        _answered("seen", {"valueDateTime": "2026-11-24T09:30:00+00:00"}),
        _answered("rang", {"valueTime": "09:30:00"}),
        _answered("score", {"valueInteger": 2}),
    ],
}  # fmt: skip
