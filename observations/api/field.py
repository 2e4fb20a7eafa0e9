"""Sites, tools and promises over HTTP."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from fieldstudy.web import user_of
from observations.access import enter, get_row
from observations.actions.studies import add_promise, add_site, add_tool
from observations.api.pages import ListView, page_of, sent
from observations.api.serializers import PromiseIn, PromiseOut, SiteIn, SiteOut, ToolIn, ToolOut
from observations.models import Promise, Site, Tool
from observations.roles import Permission


class SitesView(ListView):
    """The sites of a study."""

    @extend_schema(operation_id="sites_list", responses=SiteOut(many=True), description="The sites, by cursor.")
    def get(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.READ)
        return page_of(self, request, Site.objects.filter(study=viewer.study), lambda site: SiteOut(site).data)

    @extend_schema(operation_id="site_create", request=SiteIn, responses={201: SiteOut}, description="Add a site.")
    def post(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.MANAGE)
        return Response(SiteOut(add_site(viewer=viewer, **sent(request, SiteIn))).data, status=201)


class ToolsView(ListView):
    """The tools under study."""

    @extend_schema(operation_id="tools_list", responses=ToolOut(many=True), description="The tools, by cursor.")
    def get(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.READ)
        return page_of(self, request, Tool.objects.filter(study=viewer.study), lambda tool: ToolOut(tool).data)

    @extend_schema(operation_id="tool_create", request=ToolIn, responses={201: ToolOut}, description="Add a tool.")
    def post(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.MANAGE)
        return Response(ToolOut(add_tool(viewer=viewer, **sent(request, ToolIn))).data, status=201)


class PromisesView(ListView):
    """What is claimed for the tools."""

    @extend_schema(
        operation_id="promises_list", responses=PromiseOut(many=True), description="The promises, by cursor."
    )
    def get(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.READ)
        promises = Promise.objects.filter(study=viewer.study)
        return page_of(self, request, promises, lambda promise: PromiseOut(promise).data)

    @extend_schema(
        operation_id="promise_create",
        request=PromiseIn,
        responses={201: PromiseOut},
        description="Write down what is claimed for a tool.",
    )
    def post(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.MANAGE)
        said = sent(request, PromiseIn)
        tool = get_row(viewer, Tool, said.pop("tool"))
        return Response(PromiseOut(add_promise(viewer=viewer, tool=tool, **said)).data, status=201)
