"""The book: chapters, experiments, guide and reference as an offline site (`make book`)."""
