from django.apps import AppConfig


class CodingConfig(AppConfig):
    name = "coding"

    def ready(self) -> None:
        from coding.carriers import SegmentCarrier, SuggestionCarrier
        from coding.panels import next_panel, progress_panel, setup_panel
        from observations import anchors, panels

        anchors.register(SegmentCarrier())
        anchors.register(SuggestionCarrier())
        panels.register("coding/_setup.html", setup_panel)
        panels.register("coding/_next.html", next_panel)
        panels.register("coding/_progress.html", progress_panel)
