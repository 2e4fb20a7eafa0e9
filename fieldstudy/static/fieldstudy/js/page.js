/** What every page does: closes an open menu on Escape or a click elsewhere, and keeps what is typed when a session ends. */

const menus = () => document.querySelectorAll("details.menu[open]");

document.addEventListener("click", (event) => {
  for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

/** Where a part of a page was asked for in a session that ended: said beside it, once. */
document.addEventListener("htmx:responseError", ({ detail: { xhr, elt } }) => {
  if (xhr.status !== 401) return;
  forgetEnd();
  elt.before(document.getElementById("signed-out").content.cloneNode(true));
});
document.addEventListener("htmx:beforeSwap", ({ detail: { xhr } }) => xhr.status !== 401 && forgetEnd());

function forgetEnd() {
  for (const notice of document.querySelectorAll(".signed-out")) notice.remove();
}

// Signing in again changes the secret that requests carry, also that of a form on the page.
document.addEventListener("htmx:configRequest", ({ detail: { headers, parameters } }) => {
  const secret = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];
  if (!secret) return;
  headers["X-CSRFToken"] = secret;
  if (parameters.csrfmiddlewaretoken) parameters.csrfmiddlewaretoken = secret;
});
