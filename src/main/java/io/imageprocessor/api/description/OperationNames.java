package io.imageprocessor.api.description;

import io.swagger.v3.oas.models.Operation;
import org.springdoc.core.customizers.OperationCustomizer;
import org.springframework.stereotype.Component;
import org.springframework.web.method.HandlerMethod;

/**
 * Calls an operation what its method is called: by itself springdoc numbers those that have several paths, in an order
 * that changes from start to start. One that has several methods has its name in api.yaml.
 */
@Component
class OperationNames implements OperationCustomizer {

    @Override
    public Operation customize(Operation operation, HandlerMethod handler) {
        return operation.operationId(handler.getMethod().getName());
    }
}
