// A button marked data-redraws adds or takes away a row; a select marked data-redraws names the
// button it stands for. Without scripts each is an ordinary submit; here the answer's form takes
// the place of the old one, and the page stays where it is.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button?.hasAttribute("data-redraws")) return;
  event.preventDefault();
  redraw(event.target, button.name);
});

document.addEventListener("change", (event) => {
  const select = event.target.closest("select[data-redraws]");
  if (select) redraw(select.form, select.dataset.redraws);
});

async function redraw(form, name) {
  if (form.ariaBusy === "true") return;
  form.ariaBusy = "true";
  const focused = document.activeElement?.id;
  const body = new FormData(form);
  body.set(name, "");
  try {
    const response = await fetch(form.action, { method: "POST", body });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.getElementById(form.id);
    if (!response.ok || !fresh) throw new Error("no form came back");
    keepOpen(form, fresh);
    const known = new Set([...form.elements].map((one) => one.id));
    form.replaceWith(fresh);
    const added = [...fresh.elements].find((one) => one.id && one.type !== "hidden" && !known.has(one.id));
    (document.getElementById(focused) ?? added ?? fresh.querySelector(`[name="${name}"]`))?.focus();
  } catch {
    form.ariaBusy = "false";
    submitPlainly(form, name);
  }
}

function keepOpen(form, fresh) {
  for (const shown of form.querySelectorAll("details[id][open]")) {
    const again = fresh.querySelector(`#${CSS.escape(shown.id)}`);
    if (again) again.open = true;
  }
}

function submitPlainly(form, name) {
  const button = document.createElement("input");
  button.type = "hidden";
  button.name = name;
  form.append(button);
  form.submit();
}
