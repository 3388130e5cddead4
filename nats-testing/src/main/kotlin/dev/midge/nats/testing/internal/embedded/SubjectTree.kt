package dev.midge.nats.testing.internal.embedded

/** The subscriptions by the tokens of their subjects: a node a token, with the wildcards set apart. */
internal class SubjectTree {
    private class Node {
        val children = HashMap<String, Node>()
        val subscriptions = LinkedHashSet<Subscription>()

        val isUnused: Boolean get() = children.isEmpty() && subscriptions.isEmpty()
    }

    private val root = Node()

    /** Adds [subscription], whose subject consists of [tokens]. */
    fun add(subscription: Subscription, tokens: List<String>) {
        var node = root
        for (token in tokens) node = node.children.getOrPut(token) { Node() }
        node.subscriptions += subscription
    }

    fun remove(subscription: Subscription) {
        val tokens = Subject.tokens(subscription.subject)
        val path = ArrayList<Node>(tokens.size)
        var node = root
        for (token in tokens) {
            path += node
            node = node.children[token] ?: return
        }
        node.subscriptions -= subscription
        // Inboxes come and go by the million: a branch that nobody needs is cut off.
        for (i in path.indices.reversed()) {
            if (!node.isUnused) return
            path[i].children.remove(tokens[i])
            node = path[i]
        }
    }

    /** Who gets the messages of [subject]; nobody, if it has an empty token. */
    fun match(subject: String): Route {
        val tokens = Subject.tokens(subject)
        if (tokens.any { it.isEmpty() }) return Route.NOWHERE
        val found = ArrayList<Subscription>()
        collect(root, tokens, 0, found)
        if (found.isEmpty()) return Route.NOWHERE
        val (plain, queued) = found.partition { it.queueGroup == null }
        // A group is its name: members that came by different wildcards are still one group.
        val queues = queued.groupBy { it.queueGroup }.values
        return Route(plain.toTypedArray(), queues.map { it.toTypedArray() }.toTypedArray())
    }

    private fun collect(node: Node, tokens: List<String>, depth: Int, found: MutableList<Subscription>) {
        if (depth == tokens.size) {
            found += node.subscriptions
            return
        }
        node.children[Subject.ANY_TAIL]?.let { found += it.subscriptions }
        node.children[Subject.ANY_TOKEN]?.let { collect(it, tokens, depth + 1, found) }
        val token = tokens[depth]
        // A published wildcard is no literal; the nodes of that name are the two above.
        if (token != Subject.ANY_TAIL && token != Subject.ANY_TOKEN) node.children[token]?.let { collect(it, tokens, depth + 1, found) }
    }
}
