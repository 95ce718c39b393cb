"""Figures, charts, exports: asked for in a chat, made by a worker, the heavy part in a child process."""
