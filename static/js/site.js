// Everything here is a convenience: each page works without it.
import "./theme.js";
import "./copy.js";
import "./dialogs.js";
import "./files.js";
import "./rows.js";

document.documentElement.dataset.scripts = "";
