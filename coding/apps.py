from django.apps import AppConfig


class CodingConfig(AppConfig):
    name = "coding"

    def ready(self) -> None:
        from coding.carriers import DisputeCarrier, MarkCarrier, MemoCarrier, SegmentCarrier, SuggestionCarrier
        from coding.panels import memos_panel, next_panel, progress_panel, recode_panel, setup_panel
        from observations import anchors, panels

        anchors.register(SegmentCarrier())
        anchors.register(SuggestionCarrier())
        anchors.register(DisputeCarrier())
        anchors.register(MarkCarrier())
        anchors.register(MemoCarrier())
        panels.register("coding/_setup.html", setup_panel)
        panels.register("coding/_next.html", next_panel)
        panels.register("coding/_recode.html", recode_panel)
        panels.register("coding/_progress.html", progress_panel)
        panels.register_for_source("coding/_source_memos.html", memos_panel)
