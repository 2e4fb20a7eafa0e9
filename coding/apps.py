from django.apps import AppConfig


class CodingConfig(AppConfig):
    name = "coding"

    def ready(self) -> None:
        from coding.carriers import SegmentCarrier, SuggestionCarrier
        from observations import anchors

        anchors.register(SegmentCarrier())
        anchors.register(SuggestionCarrier())
