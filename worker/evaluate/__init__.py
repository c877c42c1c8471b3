"""How right enrichd is: labelled sites in, precision, recall and calibration out."""
