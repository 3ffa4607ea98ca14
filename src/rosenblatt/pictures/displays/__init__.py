"""What a convolutional network has learnt and where it errs, drawn with matplotlib."""
