"""Knowledge base: articles that help clients by themselves."""
