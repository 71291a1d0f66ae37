// Everything here is a convenience: each page works without it.
import "./theme.js";
import "./copy.js";
import "./dialogs.js";
import "./files.js";

document.documentElement.dataset.scripts = "";
