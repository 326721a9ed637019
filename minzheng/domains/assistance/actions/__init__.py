"""The deeds of social assistance on its cases, one file a part of the procedure."""
