"""rosenblatt: the feed-forward neural network, done completely."""
