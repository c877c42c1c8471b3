"""Fictional company websites, served as virtual hosts on one port."""
