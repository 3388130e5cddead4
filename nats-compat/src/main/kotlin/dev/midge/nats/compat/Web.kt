package dev.midge.nats.compat

import kotlinx.coroutines.future.await
import java.io.InputStream
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse

private const val OK = 200

/** Where the bytes of objects come from. */
internal class Web {
    private val client = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build()

    /** Gives [use] what is at [url], as it comes. */
    suspend fun get(url: String, use: suspend (InputStream) -> Unit) {
        val response = client.sendAsync(HttpRequest.newBuilder(URI(url)).build(), HttpResponse.BodyHandlers.ofInputStream()).await()
        response.body().use {
            check(response.statusCode() == OK) { "'$url' answers with status ${response.statusCode()}" }
            use(it)
        }
    }
}
