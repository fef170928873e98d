"""Web pages: routes parse and render, they decide nothing."""
