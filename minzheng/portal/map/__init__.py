"""County maps drawn by the server: shapes from the official boundaries, pictures as SVG."""
