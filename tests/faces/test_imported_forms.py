"""Forms from other tools: published, filled with their own data, shown without JavaScript, stored."""

import pytest
from django.test import Client

from formdefs.importing import fhir, xlsform
from formdefs.importing.data_shape import answers_in, answers_out, same
from formdefs.importing.fhir_response import answers_of, response_of
from formdefs.publish import publish
from tests.cast import AT, Cast
from tests.faces.imported import sent_back
from tests.questionnaires import HEALTH, HEALTH_RESPONSE
from tests.xlsforms import HOUSEHOLD, HOUSEHOLD_DATA

pytestmark = pytest.mark.django_db


@pytest.fixture
def wanda(client: Client, cast: Cast) -> Client:
    client.force_login(cast.wanda)
    return client


def test_an_xlsform_takes_its_data_and_gives_it_back(wanda: Client, cast: Cast) -> None:
    imported = xlsform.read(HOUSEHOLD)
    version = publish(imported.definition, by=cast.ada, at=AT, reason="Imported")
    given = answers_in(imported.names, HOUSEHOLD_DATA)
    stored = sent_back(version, given, wanda, cast)
    assert stored == given
    assert same(answers_out(imported.names, stored), HOUSEHOLD_DATA)


def test_a_questionnaire_takes_its_response_and_gives_it_back(wanda: Client, cast: Cast) -> None:
    imported = fhir.read(HEALTH)
    version = publish(imported.definition, by=cast.ada, at=AT, reason="Imported")
    given = answers_of(HEALTH, imported.names, HEALTH_RESPONSE)
    stored = sent_back(version, given, wanda, cast)
    assert stored == given
    assert same(response_of(HEALTH, imported.names, stored), HEALTH_RESPONSE)
