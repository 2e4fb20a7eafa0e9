/** The import page: files dropped on the section are chosen, and what is chosen is listed, with what will be refused. */

const section = document.querySelector("[data-drop]");
const input = section.querySelector("input[type=file]");
const list = section.querySelector("[data-chosen]");

const suffixes = list.dataset.suffixes.split(",");

/** @param {File} file @returns {string} why the file will be refused; "" when nothing speaks against it */
function objection(file) {
  if (!suffixes.some((suffix) => file.name.toLowerCase().endsWith(suffix))) return list.dataset.unfit;
  return file.size > Number(list.dataset.most) ? list.dataset.large : "";
}

function show() {
  const names = [...input.files].map((file) => {
    const item = document.createElement("li");
    const why = objection(file);
    item.textContent = why ? `${file.name} (${why})` : file.name;
    item.classList.toggle("unfit", why !== "");
    return item;
  });
  list.replaceChildren(...names);
}

section.addEventListener("dragover", (event) => {
  event.preventDefault();
  section.classList.add("over");
});
section.addEventListener("dragleave", () => section.classList.remove("over"));
section.addEventListener("drop", (event) => {
  event.preventDefault();
  section.classList.remove("over");
  if (!event.dataTransfer.files.length) return;
  input.files = event.dataTransfer.files;
  show();
});
input.addEventListener("change", show);
