"""Names stand where a reader looks for them."""

from observations.models import Site, Study
from observations.queries.alphabet import by_name
from tests import builders


def test_rows_stand_in_the_order_of_their_names(study: Study) -> None:
    for name in ("Zone 10", "écho", "Zone 2", "Dossier", "Fin"):
        builders.make_site(study, name)
    names = [site.name for site in by_name(Site.objects.filter(study=study))]
    assert names == ["Dossier", "écho", "Fin", "Zone 2", "Zone 10"]
