"""The lists that join subjects, each declared once for its page and its export."""
