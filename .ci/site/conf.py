"""Sphinx makes the site from README.md and docs/: `npm run site`. A page without a place below, a
dead link and a dead anchor fail it."""

import re
from pathlib import Path

top = Path(__file__).parents[2]
sections = {
    "Authors": ["author", "author-pdf", "manifest", "packages", "importing", "publishing-from-ci"],
    "Reviewers": ["reviewer", "reports"],
    "Agents": ["operating-agents", "coding-agent", "observe", "foreign-clients", "other-installers"],
    "Registries": ["operating-registry", "serving/*", "oci", "evidence"],
    "Reference": ["agents-reference", "registry-reference", "host-json", "glossary"],
    "Security": ["threat-model", "escape-suite", "redteam", "../SECURITY"],
    "Project": ["architecture", "contributing"],
    "Specifications": ["spec/README", "spec/*"],
    "Decisions": ["decisions/*"],
}

project = "Skillgate"
extensions = ["myst_parser"]
root_doc = "README"
include_patterns = ["README.md", "SECURITY.md", "docs/*.md", "docs/**/*.md"]
exclude_patterns = [".*", "node_modules", "dist"]
# The anchors of GitHub, which test/house/docs.test.ts compares with the links too.
myst_heading_anchors = 6

html_theme = "furo"
html_title = "Skillgate"
html_static_path = ["style.css"]
html_css_files = ["style.css"]
html_use_index = html_copy_source = False
# Summaries of results are fetched, which a page that was opened as a file may not.
html_show_search_summary = False
html_show_copyright = html_show_sphinx = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#1f5f8b", "color-brand-content": "#1f5f8b"},
    "dark_css_variables": {"color-brand-primary": "#5aa9de", "color-brand-content": "#5aa9de"},
}


def setup(app):
    app.connect("source-read", prepare)
    app.connect("build-finished", finish)


def prepare(app, page, source):
    """Gives the front page the navigation, and a link to a folder its first page."""
    folder = (top / page).parent
    text = re.sub(
        r"\]\(([\w./-]+/)\)",
        lambda found: f"]({found[1]}{sorted(p.name for p in (folder / found[1]).glob('*.md'))[0]})",
        source[0],
    )
    if page == root_doc:
        for title, pages in sections.items():
            lines = "\n".join(f"/docs/{name}" for name in pages)
            text += f"\n\n```{{toctree}}\n:hidden:\n:glob:\n:caption: {title}\n{lines}\n```\n"
    source[0] = text


def finish(app, failure):
    """Names and keys for assistive technology that the theme forgets."""
    for path in Path(app.outdir).rglob("*.html"):
        text = path.read_text()
        for old, new in {
            "<pre>": '<pre tabindex="0">',
            'class="caption" role="heading"': 'class="caption" role="heading" aria-level="2"',
            '<aside class="sidebar-drawer"': '<aside class="sidebar-drawer" aria-label="Pages"',
        }.items():
            text = text.replace(old, new)
        path.write_text(text)
        if path.name == f"{root_doc}.html" and path.parent == Path(app.outdir):
            path.with_name("index.html").write_text(text)
