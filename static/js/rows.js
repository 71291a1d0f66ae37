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
  const body = new FormData(form);
  body.set(name, "");
  try {
    const response = await fetch(form.action, { method: "POST", body });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.getElementById(form.id);
    if (!response.ok || !fresh) throw new Error("no form came back");
    replace(form, fresh, name, body);
  } catch {
    form.ariaBusy = "false";
    submitPlainly(form, name);
  }
}

function replace(form, fresh, name, sent) {
  const focused = form.contains(document.activeElement) ? document.activeElement.id : "";
  const known = new Set([...form.elements].map((one) => one.id));
  keepOpen(form, fresh);
  const typed = name.startsWith("remove_") ? [] : keepTyped(form, fresh, sent);
  form.replaceWith(fresh);
  const added = [...fresh.elements].find((one) => one.id && one.type !== "hidden" && !known.has(one.id));
  (document.getElementById(focused) ?? added ?? fresh.querySelector(`[name="${name}"]`))?.focus();
  const chosen = typed.find((field) => field.matches("select[data-redraws]"));
  if (chosen) redraw(fresh, chosen.dataset.redraws);
}

// Whatever was typed while the answer was on its way; returns the fields it was typed into.
function keepTyped(form, fresh, sent) {
  const typed = [...form.elements].filter(
    (field) =>
      field.name &&
      !["hidden", "checkbox", "radio", "submit"].includes(field.type) &&
      sent.has(field.name) &&
      field.value !== sent.get(field.name),
  );
  const again = typed.map((field) => [field, fresh.elements.namedItem(field.name)]);
  const kept = again.filter(([, fresher]) => fresher);
  for (const [field, fresher] of kept) fresher.value = field.value;
  return kept.map(([, fresher]) => fresher);
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
