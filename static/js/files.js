// A file dropped on the frame around a file input lands in the input.
for (const kind of ["dragenter", "dragover"]) {
  document.addEventListener(kind, (event) => {
    const frame = event.target.closest?.("[data-file-drop]");
    if (!frame) return;
    event.preventDefault();
    frame.dataset.over = "";
  });
}

for (const kind of ["dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const frame = event.target.closest?.("[data-file-drop]");
    if (!frame) return;
    delete frame.dataset.over;
    if (kind !== "drop") return;
    event.preventDefault();
    const input = frame.querySelector("input[type=file]");
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}
