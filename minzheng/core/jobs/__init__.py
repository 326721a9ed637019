"""Long work that goes on after the answer: asked by a page, done by a worker, under the asker's own scope."""
